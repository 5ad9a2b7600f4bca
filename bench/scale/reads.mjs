// SPDX-License-Identifier: AGPL-3.0-or-later
// What is asked for: for each read the paths, with `songs` in the database as of bench/scale/seed.

/** `count` numbers from 1 to `most`, always the same. */
const spread = (count, most) => Array.from({ length: count }, (_, i) => 1 + (((i + 1) * 2654435761) % 4294967296) % most);
const songPage = (id) => `/api/v1/songs/${id}`;

/** Of a seeded database. */
export function seededReads(songs) {
  const ids = spread(64, songs);
  const some = (path) => ids.map(path);
  return {
    home: ["/api/v1/home"],
    newest: ["/api/v1/songs"],
    "popular genre": ["/api/v1/songs?genre=pop"],
    "rare genre": ["/api/v1/songs?genre=classical&limit=5"],
    "open seats": ["/api/v1/songs?open=true"],
    "seats for guitar": ["/api/v1/songs?seat=guitar"],
    "seats few look for": ["/api/v1/songs?seat=other&limit=5"],
    "of them those in pop": ["/api/v1/songs?seat=other&genre=pop&limit=1"],
    "guitar in a rare genre": ["/api/v1/songs?seat=guitar&genre=classical&limit=1"],
    "deep page": some((id) => `/api/v1/songs?after=${id}`),
    "song page": some(songPage),
    "song of 205 parts": [songPage(100)],
    "profile of the busiest": ["/api/v1/users/musician1"],
    profile: spread(64, songs / 10).map((id) => `/api/v1/users/musician${id}`),
  };
}

/** Of any instance: what it has. */
export async function foundReads(url) {
  const { songs } = await (await fetch(`${url}/api/v1/songs`)).json();
  const owners = [...new Set(songs.map((card) => (card.song ?? card).owner?.nickname))].filter(Boolean);
  return {
    home: ["/api/v1/home"],
    newest: ["/api/v1/songs"],
    "open seats": ["/api/v1/songs?open=true"],
    "song page": songs.map((card) => songPage((card.song ?? card).id)),
    ...(owners.length > 0 ? { profile: owners.map((name) => `/api/v1/users/${encodeURIComponent(name)}`) } : {}),
  };
}

/** Without those that don't answer 200: a song that was removed, say. */
export async function answered(url, reads) {
  const out = {};
  for (const [name, paths] of Object.entries(reads)) {
    const fine = await Promise.all(paths.map((path) => fetch(url + path).then(async (response) => (await response.text(), response.ok))));
    out[name] = paths.filter((_, i) => fine[i]);
    if (out[name].length === 0) throw new Error(`${name}: nothing answers, e.g. ${paths[0]}`);
  }
  return out;
}
