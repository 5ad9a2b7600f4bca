// SPDX-License-Identifier: AGPL-3.0-or-later
// The songs as they lie in demo/songs: song.json says who plays what, <part>.score holds the notes.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { layout, parse, play } from './score.mjs';

export const instruments = ['vocal', 'guitar', 'bass', 'drums', 'keys', 'strings', 'winds', 'other'];
const states = ['owner', 'accepted', 'offered'];

/** Seconds after the last bar in which the last notes may ring. */
export const tailSeconds = 2.5;

function checkPart(part) {
  if (!instruments.includes(part.instrument)) throw new Error(`unknown instrument '${part.instrument}'`);
  if (!states.includes(part.state)) throw new Error(`unknown state '${part.state}'`);
}

export function loadSong(folder, slug) {
  const song = { slug, ...JSON.parse(readFileSync(join(folder, slug, 'song.json'), 'utf8')) };
  song.parts.forEach(checkPart);
  if (song.parts[0].state !== 'owner') throw new Error(`${slug}: the owner's part comes first`);
  song.parts.forEach((part) => {
    part.score = parse(readFileSync(join(folder, slug, `${part.score}.score`), 'utf8'));
  });
  song.quarters = layout(song).length * song.beats;
  song.seconds = (song.quarters * 60) / song.tempo_bpm + tailSeconds;
  return song;
}

export function loadSongs(folder) {
  const slugs = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return slugs.map((entry) => loadSong(folder, entry.name)).sort((a, b) => a.order - b.order);
}

export const notesOf = (song, part) => play(part.score, song, part.instrument === 'drums', song.slug + part.note);
