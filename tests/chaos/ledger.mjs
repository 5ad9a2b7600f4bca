// SPDX-License-Identifier: AGPL-3.0-or-later
// All that the server has said is so, and whether it still is.
import { sha256 } from "./visitor.mjs";

/** Of a part: somebody has decided, and nobody said so; it may be either. */
export const undecided = "accepted, declined or offered";

export class Ledger {
  accounts = []; // visitors
  uploads = new Map(); // location: { owner, offset }
  songs = []; // { id, owner }
  parts = []; // { id, song, take, author, sha, state }
  mixes = []; // { id, song }
  releases = []; // { id, song, files: format to hash, pcm }
  streams = []; // followers, each with its song

  get size() {
    return this.accounts.length + this.uploads.size + this.songs.length + this.parts.length + this.mixes.length + this.releases.length;
  }

  text() {
    const { accounts, uploads, songs, parts, mixes, releases } = this;
    return `${accounts.length} accounts, ${uploads.size} uploads under way, ${songs.length} songs, ${parts.length} parts, ${mixes.length} mixes, ${releases.length} releases`;
  }

  /** Some at a time. */
  async #each(list, probe) {
    const rest = [...list];
    const reader = async () => {
      while (rest.length > 0) await probe(rest.shift());
    };
    await Promise.all(Array.from({ length: 6 }, reader));
  }

  /** Reads it all again; what isn't as it was acknowledged, as sentences. */
  async faults() {
    const faults = [];
    const look = async (what, probe) => {
      try {
        const wrong = await probe();
        if (wrong) faults.push(`${what}: ${wrong}`);
      } catch (error) {
        faults.push(`${what}: ${error.message}`);
      }
    };
    await this.#each(this.accounts, (visitor) => look(`account ${visitor.nickname}`, async () => (await visitor.logIn()).me.id !== visitor.id && "is another one"));
    await this.#each(this.uploads, ([location, { owner, offset }]) =>
      look(`upload ${location}`, async () => {
        const held = await owner.offset(location);
        return this.uploads.has(location) && !(held >= offset) && `${offset} bytes were acknowledged, ${held} are there`;
      }));
    await this.#each(this.songs, (song) =>
      look(`song ${song.id}`, async () => {
        const now = await song.owner.get(`/api/v1/songs/${song.id}`);
        return now.title !== song.title && "has another title";
      }));
    await this.#each(this.parts, (part) =>
      look(`part ${part.id} of song ${part.song.id}`, async () => {
        const state = part.state; // as it was acknowledged before this question
        const now = (await part.song.owner.get(`/api/v1/songs/${part.song.id}`)).parts.find(({ id }) => id === part.id);
        if (!now && state !== "declined" && state !== undecided) return "isn't there";
        if (now && now.state !== state && part.state === state && state !== undecided) return `is ${now.state}, was ${state}`;
        if (now?.take.state === "rejected") return `was rejected: ${now.take.error_key}`;
        return sha256(await part.author.bytes(`/api/v1/takes/${part.take}/original`)) !== part.sha && "has other bytes";
      }));
    await this.#each(this.mixes, (mix) =>
      look(`mix ${mix.id}`, async () => !(await mix.song.owner.get(`/api/v1/songs/${mix.song.id}/mixes`)).mixes.some(({ id }) => id === mix.id) && "isn't there"));
    await this.#each(this.releases, (release) =>
      look(`release ${release.id}`, async () => {
        const now = await release.song.owner.get(`/api/v1/releases/${release.id}`);
        if (now.state === "failed") return `failed: ${now.error_key}`;
        if (!release.files) return undefined;
        if (now.pcm_sha256 !== release.pcm) return "was rendered again, otherwise";
        for (const { url, format } of now.files)
          if (sha256(await release.song.owner.bytes(url)) !== release.files.get(format)) return `${format} has other bytes`;
        return undefined;
      }));
    return faults;
  }
}
