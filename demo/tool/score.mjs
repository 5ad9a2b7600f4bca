// SPDX-License-Identifier: AGPL-3.0-or-later
// Reads a part's score (see demo/README.md for the notation) and plays it against the song's chords, giving notes
// { at, length, pitch, velocity }, at and length in quarter notes from the start of the song.
import { above, chord, degree, note, voicing } from './chords.mjs';

const drums = { kick: 36, rim: 37, snare: 38, clap: 39, hat: 42, open: 46, low: 45, mid: 47, high: 50, crash: 49,
  ride: 51, tambourine: 54, shaker: 70, brush: 38 };
const hits = { x: 0, X: 16, o: -34 };
const settings = new Set(['program', 'low', 'velocity', 'gate', 'strum', 'loose']);

/** Text to { program, low, …, sections: Map(name → [lines of bars]) }. Throws with the line's number. */
export function parse(text) {
  const score = { program: 1, low: 48, velocity: 80, gate: 0.92, strum: 0, loose: 1, sections: new Map() };
  let lines = null;
  text.split('\n').forEach((raw, index) => {
    const line = raw.replace(/(^|\s)\/\/.*/, '').trim();
    if (!line) return;
    const header = /^\[(.+)\]$/.exec(line);
    if (header) {
      lines = [];
      for (const name of header[1].split(',')) score.sections.set(name.trim(), lines);
    } else if (lines) {
      lines.push(line);
    } else {
      const [key, value] = line.split(/\s+/);
      if (!settings.has(key)) throw new Error(`line ${index + 1}: unknown setting '${key}'`);
      score[key] = key === 'low' ? note(value) : Number(value);
    }
  });
  return score;
}

const bars = (line) => line.split('|').map((bar) => bar.trim()).filter(Boolean);

/** "Am F_G" to one list of chords a bar, sharing the bar equally. */
export const chordBars = (text) => text.split(/\s+/).map((bar) => bar.split('_').map(chord));

/** Every bar of the song in order, with its section, its chords, the chord after it and its place in the section. */
export function layout(song) {
  const all = song.form.flatMap((section) => {
    const chords = chordBars(song.sections[section]);
    return chords.map((ofBar, index) => ({ section, chords: ofBar, index, last: index === chords.length - 1 }));
  });
  return all.map((bar, i) => ({ ...bar, at: i * song.beats, next: (all[i + 1] ?? bar).chords[0] }));
}

function drumLine(line, bar, song) {
  const [lane, ...rest] = line.split(/\s+/);
  if (!(lane in drums)) throw new Error(`unknown drum '${lane}'`);
  const pattern = bars(rest.join(''));
  const steps = pattern[bar.index % pattern.length];
  const step = song.beats / steps.length;
  return [...steps].flatMap((hit, i) => {
    if (hit === '.') return [];
    if (!(hit in hits)) throw new Error(`unknown hit '${hit}' in '${line}'`);
    return [{ at: bar.at + i * step, length: step * 0.9, pitch: drums[lane], accent: hits[hit], grid: i * step }];
  });
}

/** What one token sounds: a list of pitches. */
function pitches(token, playing, bar, low) {
  if (token === '*') return voicing(playing, low);
  if (token === '^') return [above(low, bar.next.bass - 1)];
  if (token === 'v') return [above(low, bar.next.bass + 2)];
  const stepped = /^([135789])([,']*)$/.exec(token);
  if (stepped) {
    const octaves = [...stepped[2]].reduce((sum, mark) => sum + (mark === ',' ? -12 : 12), 0);
    return [degree(playing, Number(stepped[1]), low) + octaves];
  }
  return token.split('+').map((name) => {
    const pitch = note(name);
    if (pitch === null) throw new Error(`unknown note '${name}'`);
    return pitch;
  });
}

// `sounding` is what '-' makes longer: one list for each line of the section, kept from bar to bar.
function noteLine(line, bar, song, score, sounding) {
  const pattern = bars(line);
  const tokens = pattern[bar.index % pattern.length].split(/\s+/);
  const step = song.beats / tokens.length;
  const notes = [];
  tokens.forEach((token, i) => {
    if (token === '-') {
      sounding.current.forEach((one) => (one.length += step));
      return;
    }
    sounding.current = [];
    if (token === '.') return;
    const [, name, mark] = /^(.*?)([!?]?)$/.exec(token);
    const playing = bar.chords[Math.floor((i / tokens.length) * bar.chords.length)];
    const accent = { '!': 14, '?': -20, '': 0 }[mark];
    sounding.current = pitches(name, playing, bar, score.low).map((pitch, order) => ({ at: bar.at + i * step,
      length: step, pitch, accent, grid: i * step, order }));
    notes.push(...sounding.current);
  });
  return notes;
}

// Small steady random numbers, so that a song sounds the same each time it is made.
function randomFrom(seed) {
  let state = [...seed].reduce((sum, letter) => (Math.imul(sum, 31) + letter.codePointAt(0)) | 0, 7) >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

// The second of each pair of eighths (or sixteenths) comes late by `swing`.
function swung(grid, swing) {
  if (!swing) return 0;
  const { unit, amount } = swing;
  const place = grid / unit;
  return Math.abs(place - Math.round(place)) < 0.01 && Math.round(place) % 2 === 1 ? unit * amount : 0;
}

function humanised(raw, song, score, random) {
  const downbeat = Math.abs(raw.grid % 1) < 0.01 ? 3 : 0;
  const quarterSeconds = 60 / song.tempo_bpm;
  const late = ((random() - 0.5) * 0.012 * score.loose + ((raw.order ?? 0) * score.strum) / 1000) / quarterSeconds;
  const velocity = score.velocity + raw.accent + downbeat + (random() - 0.5) * 12 * score.loose;
  return {
    at: Math.max(0, raw.at + swung(raw.grid, song.swing) + late),
    length: Math.max(0.05, raw.length * score.gate),
    pitch: raw.pitch,
    velocity: Math.max(12, Math.min(124, Math.round(velocity))),
  };
}

/** All notes of one part of a song. */
export function play(score, song, isDrums, seed) {
  const random = randomFrom(seed);
  const sounding = [];
  const notes = [];
  for (const bar of layout(song)) {
    const lines = (bar.last && score.sections.get(`${bar.section} end`)) || score.sections.get(bar.section) || [];
    sounding.length = lines.length;
    lines.forEach((line, voice) => {
      sounding[voice] ??= { current: [] };
      notes.push(...(isDrums ? drumLine(line, bar, song) : noteLine(line, bar, song, score, sounding[voice])));
    });
  }
  return notes.map((raw) => humanised(raw, song, score, random)).sort((a, b) => a.at - b.at);
}
