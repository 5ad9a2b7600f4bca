// SPDX-License-Identifier: AGPL-3.0-or-later
// The engine's constants (modules/dsp/include/soundhub/dsp/constants.hpp) and its units.

export const SAMPLE_RATE = 48_000;
/** A stem segment: 5 s. */
export const SEGMENT_FRAMES = 240_000;
export const QUANTUM = 64;
export const MAX_CHANNELS = 64;
export const MIN_LOOP_FRAMES = 4_800;

/** Gains at or below this are off (exact silence). */
export const OFF_DB = -90;
export const MAX_DB = 12;
export const MIN_CEILING_DB = -12;

/** Meters say this when there is nothing to say. */
export const SILENCE_DB = -120;

export const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

export const toDb = (linear: number): number => (linear > 1e-6 ? 20 * Math.log10(linear) : SILENCE_DB);

export const framesOfMs = (ms: number): number => Math.round((ms * SAMPLE_RATE) / 1000);
export const msOfFrames = (frames: number): number => (frames * 1000) / SAMPLE_RATE;
