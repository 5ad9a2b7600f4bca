// SPDX-License-Identifier: AGPL-3.0-or-later
// Notes and chords by name. Notes are MIDI numbers (60 = c4).

const letters = { c: 0, d: 2, e: 4, f: 5, g: 7, a: 9, b: 11 };

// Root, "third", "fifth" and, where the chord has one, the colour above them, in semitones.
const qualities = {
  '': [0, 4, 7],
  m: [0, 3, 7],
  5: [0, 7, 12],
  6: [0, 4, 7, 9],
  7: [0, 4, 7, 10],
  maj7: [0, 4, 7, 11],
  m7: [0, 3, 7, 10],
  m9: [0, 3, 7, 10, 14],
  maj9: [0, 4, 7, 11, 14],
  add9: [0, 4, 7, 14],
  m6: [0, 3, 7, 9],
  9: [0, 4, 7, 10, 14],
  13: [0, 4, 10, 14, 21],
  '7b9': [0, 4, 7, 10, 13],
  sus2: [0, 2, 7],
  sus4: [0, 5, 7],
  '7sus4': [0, 5, 7, 10],
  dim: [0, 3, 6],
  m7b5: [0, 3, 6, 10],
};

function pitchClass(name) {
  const accidental = { '#': 1, b: -1 }[name[1]] ?? 0;
  return (letters[name[0].toLowerCase()] + accidental + 12) % 12;
}

/** "f#3" to 54; null when it isn't a note with an octave. */
export function note(name) {
  const match = /^([a-g][#b]?)(-?\d)$/.exec(name);
  return match ? 12 * (Number(match[2]) + 1) + pitchClass(match[1]) : null;
}

/** "Am7/G" to its root, bass and intervals. */
export function chord(name) {
  const match = /^([A-G][#b]?)([^/]*)(?:\/([A-G][#b]?))?$/.exec(name);
  const intervals = match && qualities[match[2]];
  if (!intervals) throw new Error(`unknown chord '${name}'`);
  return { name, root: pitchClass(match[1]), bass: pitchClass(match[3] ?? match[1]), intervals };
}

/** The lowest note of this pitch class at or above `low`. */
export function above(low, pitch) {
  return low + ((((pitch - low) % 12) + 12) % 12);
}

/** The chord's notes packed closely above `low`: neighbouring chords then share a register, as under one hand. */
export function voicing(of, low) {
  const notes = of.intervals.map((interval) => above(low, of.root + interval));
  return [...new Set(notes)].sort((a, b) => a - b);
}

/** A step of the chord over its root near `low`: 1 (its bass), 3, 5, 7, 8, 9. */
export function degree(of, step, low) {
  const root = above(low, of.root);
  const { intervals } = of;
  switch (step) {
    case 1:
      return above(low, of.bass);
    case 3:
    case 5:
      return root + intervals[step === 3 ? 1 : 2];
    case 7:
      return root + (intervals[3] ?? 12);
    case 8:
      return above(low, of.bass) + 12;
    case 9:
      return root + 14;
    default:
      throw new Error(`unknown chord step '${step}'`);
  }
}
