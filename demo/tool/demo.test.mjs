// SPDX-License-Identifier: AGPL-3.0-or-later
// node --test demo/tool/*.test.mjs: the scores hold together, before anyone records them.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { above, chord, degree, note, voicing } from './chords.mjs';
import { midiFile } from './midi.mjs';
import { layout, parse, play } from './score.mjs';
import { loadSongs, notesOf, tailSeconds } from './songs.mjs';
import { peakOf, prepared, wav24 } from './wav.mjs';

const folder = join(dirname(fileURLToPath(import.meta.url)), '..', 'songs');
const songs = loadSongs(folder);
const musicians = JSON.parse(readFileSync(join(folder, 'musicians.json'), 'utf8'));

test('middle C is 60, and a note without an octave is none', () => {
  assert.equal(note('c4'), 60);
  assert.equal(note('bb3'), 58);
  assert.equal(note('c'), null);
});

test('a chord step is found at or above the low note, its bass note first', () => {
  const dOverFSharp = chord('D/F#');
  assert.equal(degree(dOverFSharp, 1, note('e1')), note('f#1'));
  assert.equal(degree(dOverFSharp, 5, note('e2')), note('a3'));
  assert.equal(above(note('g3'), 7), note('g3'));
  assert.deepEqual(voicing(chord('Am'), note('c4')), [note('c4'), note('e4'), note('a4')]);
});

test('an unknown chord, drum or setting is said, not guessed', () => {
  assert.throws(() => chord('Hm'), /unknown chord/);
  assert.throws(() => parse('tempo 120'), /line 1: unknown setting/);
});

test('a held note is one long note, also over the bar line', () => {
  const song = { tempo_bpm: 120, beats: 4, form: ['a'], sections: { a: 'C C' } };
  const notes = play(parse('gate 1\nloose 0\n[a]\n1 - - - | - - . .'), song, false, 'seed');
  assert.equal(notes.length, 1);
  assert.equal(notes[0].length, 6);
});

test('the fill replaces the last bar of its section only', () => {
  const song = { tempo_bpm: 120, beats: 4, form: ['a', 'a'], sections: { a: 'C C' } };
  const notes = play(parse('loose 0\n[a]\nkick x...\n[a end]\nsnare xxxx'), song, true, 'seed');
  assert.deepEqual(notes.map(({ at, pitch }) => [at, pitch]),
    [[0, 36], [4, 38], [5, 38], [6, 38], [7, 38], [8, 36], [12, 38], [13, 38], [14, 38], [15, 38]]);
});

test('there are at least three songs, in different tempos, keys and genres, of 60 to 100 seconds', () => {
  assert.ok(songs.length >= 3);
  for (const fact of ['tempo_bpm', 'key', 'genre']) {
    assert.equal(new Set(songs.map((song) => song[fact])).size, songs.length, fact);
  }
  for (const song of songs) assert.ok(song.seconds >= 60 && song.seconds <= 100, `${song.slug}: ${song.seconds} s`);
});

test('one song waits for a seat, and one part is offered but not accepted', () => {
  assert.ok(songs.some((song) => song.seats.length > 0));
  assert.ok(songs.some((song) => song.parts.some((part) => part.state === 'offered')));
});

for (const song of songs) {
  test(`${song.slug}: three to six parts by several musicians that we know, the owner's first`, () => {
    assert.ok(song.parts.length >= 3 && song.parts.length <= 6);
    assert.equal(song.parts[0].musician, song.owner);
    const players = new Set(song.parts.map((part) => part.musician));
    assert.ok(players.size >= 3);
    for (const player of players) assert.ok(musicians.some(({ id }) => id === player), player);
  });

  test(`${song.slug}: every part plays, inside the song, and sections are named as the form names them`, () => {
    const bars = layout(song);
    for (const part of song.parts) {
      const notes = notesOf(song, part);
      assert.ok(notes.length > bars.length / 2, `${part.note} hardly plays`);
      const end = song.quarters + (tailSeconds * song.tempo_bpm) / 60;
      assert.ok(notes.every(({ at, length }) => at >= 0 && at < song.quarters && at + length < end), part.note);
      assert.ok(notes.every(({ pitch }) => pitch > 20 && pitch < 109), part.note);
      for (const name of part.score.sections.keys()) assert.ok(song.form.includes(name.replace(/ end$/, '')), name);
    }
  });
}

test('the same score gives the same file, byte for byte', () => {
  const [song] = songs;
  const how = { tempo_bpm: song.tempo_bpm, program: 1, isDrums: false, reverb: 0, quarters: song.quarters };
  const once = () => midiFile(notesOf(song, song.parts[0]), how);
  assert.deepEqual(once(), once());
});

test('a recording is cut or padded to its exact length and brought to its peak without clipping', () => {
  const made = prepared(Float32Array.from({ length: 96000 }, (_, i) => 3 * Math.sin(i)), 72000, 0.5);
  assert.equal(made.length, 144000);
  assert.ok(Math.abs(peakOf(made) - 0.5) < 1e-3);
  assert.equal(wav24(made).length, 44 + 144000 * 3);
  assert.throws(() => prepared(new Float32Array(10), 100, 0.5), /silent/);
});
