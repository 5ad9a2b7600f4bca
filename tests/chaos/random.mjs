// SPDX-License-Identifier: AGPL-3.0-or-later
// One seed makes all that is random in a run: who does what, what is sent, what breaks when.
import { sampleRate, wavFile } from "../support/wav.mjs";

/** A function that gives numbers from 0 to below 1 (mulberry32). */
export function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Seconds of noise as a WAV file: never twice the same bytes. */
export function noise(dice, seconds) {
  const samples = new Int16Array(Math.round(seconds * sampleRate) * 2);
  for (let i = 0; i < samples.length; ++i) samples[i] = Math.floor((dice() - 0.5) * 16_000);
  return wavFile(samples);
}
