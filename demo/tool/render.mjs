// SPDX-License-Identifier: AGPL-3.0-or-later
// node demo/tool/render.mjs OUTDIR: every part of every demo song as a FLAC, and manifest.json telling what they are.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { midiFile } from './midi.mjs';
import { loadSongs, notesOf } from './songs.mjs';
import { prepared, sampleRate, wav24 } from './wav.mjs';

const demo = join(dirname(fileURLToPath(import.meta.url)), '..');
const soundfont = process.env.SOUNDHUB_SOUNDFONT ?? '/usr/share/sounds/sf2/TimGM6mb.sf2';
const reverb = { vocal: 64, guitar: 40, bass: 0, drums: 16, keys: 40, strings: 56, winds: 56, other: 40 };
const peak = 0.5;

/** One hash over everything the recordings are made from. */
function fingerprint(folder) {
  const hash = createHash('sha256');
  const add = (path) => {
    if (statSync(path).isDirectory()) return readdirSync(path).sort().forEach((name) => add(join(path, name)));
    return hash.update(path).update(readFileSync(path));
  };
  add(join(folder, 'songs'));
  add(join(folder, 'tool'));
  return hash.digest('hex');
}

function run(program, args, input) {
  const done = spawnSync(program, args, { input, stdio: ['pipe', 'ignore', 'pipe'] });
  if (done.error) throw new Error(`${program} doesn't start (script/setup installs it): ${done.error.message}`);
  if (done.status !== 0) throw new Error(`${program} failed: ${done.stderr}`);
}

function record(midi, raw) {
  run('fluidsynth', ['-n', '-i', '-q', '-R', '1', '-C', '0', '-g', '0.4', '-r', String(sampleRate),
    '-T', 'raw', '-O', 'float', '-E', 'little', '-F', raw, soundfont, midi]);
  const bytes = readFileSync(raw);
  return new Float32Array(bytes.buffer, bytes.byteOffset, Math.floor(bytes.length / 4));
}

function renderPart(out, song, part) {
  const file = join(song.slug, `${part.instrument}-${part.take}.flac`);
  const midi = join(out, 'part.mid');
  const raw = join(out, 'part.raw');
  const isDrums = part.instrument === 'drums';
  writeFileSync(midi, midiFile(notesOf(song, part), { tempo_bpm: song.tempo_bpm, program: part.score.program, isDrums,
    reverb: reverb[part.instrument], quarters: song.quarters }));
  const samples = prepared(record(midi, raw), Math.round(song.seconds * sampleRate), peak);
  mkdirSync(join(out, song.slug), { recursive: true });
  run('flac', ['--silent', '--force', '-o', join(out, file), '-'], wav24(samples));
  rmSync(midi);
  rmSync(raw);
  return { musician: part.musician, instrument: part.instrument, note: part.note, state: part.state, file, mix: part.mix };
}

function renderSong(out, song) {
  const { slug, title, owner, genre, tempo_bpm, key, licence, text, language, seats } = song;
  const takes = {};
  song.parts.forEach((part) => (part.take = takes[part.instrument] = (takes[part.instrument] ?? 0) + 1));
  const parts = song.parts.map((part) => renderPart(out, song, part));
  process.stdout.write(`  ${title}: ${parts.length} parts, ${Math.round(song.seconds)} s\n`);
  return { slug, title, owner, genre, tempo_bpm, key, licence, text, language, seats, released: song.released,
    seconds: song.seconds, parts };
}

/** Makes an empty folder, but never out of one that we didn't fill. */
function clear(out, manifest) {
  const filled = existsSync(out) && readdirSync(out).length > 0;
  if (filled && !existsSync(manifest) && !existsSync(`${manifest}.tmp`)) throw new Error(`${out} holds other things`);
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  writeFileSync(`${manifest}.tmp`, '');
}

function main(out) {
  const made_from = fingerprint(demo);
  const manifest = join(out, 'manifest.json');
  if (existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).made_from === made_from) return;
  clear(out, manifest);
  const musicians = JSON.parse(readFileSync(join(demo, 'songs', 'musicians.json'), 'utf8'));
  const songs = loadSongs(join(demo, 'songs')).map((song) => renderSong(out, song));
  writeFileSync(`${manifest}.tmp`, `${JSON.stringify({ made_from, musicians, songs }, null, 2)}\n`);
  renameSync(`${manifest}.tmp`, manifest);
}

const out = process.argv[2];
if (!out) throw new Error('usage: demo/render OUTDIR');
main(out);
