// SPDX-License-Identifier: AGPL-3.0-or-later
// audiowaveform's binary waveform data, version 2 (and 1, which lacks the channel count).
//   int32 version, uint32 flags (bit 0: 8-bit), int32 sample_rate, int32 samples_per_pixel, uint32 length,
//   int32 channels; then length × channels × (min, max). Little-endian.
// https://github.com/bbc/audiowaveform/blob/master/doc/DataFormat.md

export interface Peaks {
  readonly sampleRate: number;
  readonly samplesPerPixel: number;
  readonly channels: number;
  /** One per pixel: the largest magnitude of any channel, 0 to 1. */
  readonly levels: Float32Array;
}

export class PeaksError extends Error {
  override readonly name = "PeaksError";
}

export function parsePeaks(buffer: ArrayBuffer): Peaks {
  const view = new DataView(buffer);
  if (view.byteLength < 20) throw new PeaksError("shorter than its header");
  const version = view.getInt32(0, true);
  if (version !== 1 && version !== 2) throw new PeaksError(`unknown version ${String(version)}`);
  const header = version === 2 ? 24 : 20;
  if (view.byteLength < header) throw new PeaksError("shorter than its header");
  const channels = version === 2 ? view.getInt32(20, true) : 1;
  const sampleRate = view.getInt32(8, true);
  const samplesPerPixel = view.getInt32(12, true);
  if (channels < 1 || sampleRate < 1 || samplesPerPixel < 1) throw new PeaksError("impossible header");
  const bytes = (view.getUint32(4, true) & 1) === 1 ? 1 : 2;
  const length = view.getUint32(16, true);
  if (length * channels * 2 * bytes > view.byteLength - header) throw new PeaksError("shorter than its length says");
  return { sampleRate, samplesPerPixel, channels, levels: magnitudes(view, header, length, channels * 2, bytes) };
}

function magnitudes(view: DataView, from: number, length: number, perPixel: number, bytes: 1 | 2): Float32Array {
  const levels = new Float32Array(length);
  const scale = bytes === 1 ? 128 : 32768;
  for (let pixel = 0, at = from; pixel < length; pixel++) {
    let largest = 0;
    for (let i = 0; i < perPixel; i++, at += bytes) {
      const value = bytes === 1 ? view.getInt8(at) : view.getInt16(at, true);
      largest = Math.max(largest, Math.abs(value));
    }
    levels[pixel] = largest / scale;
  }
  return levels;
}

export const durationSeconds = (peaks: Peaks): number =>
  (peaks.levels.length * peaks.samplesPerPixel) / peaks.sampleRate;

/**
 * `levels` as `count` bars, 0 to 1: louder than the mean, softer than the peak of what each bar stands for (peaks alone
 * make every song a brick). Scaled so that the loudest bar is 1, but a very soft recording stays visibly soft.
 */
export function bars(levels: Float32Array, count: number): Float32Array {
  const out = new Float32Array(Math.max(0, count));
  let loudest = 0;
  for (let i = 0; i < count; i++) {
    const value = levels.length === 0 ? 0 : bucket(levels, (i * levels.length) / count, levels.length / count);
    out[i] = value;
    loudest = Math.max(loudest, value);
  }
  const scale = loudest === 0 ? 0 : 1 / Math.max(loudest, 0.12);
  return out.map((value) => value * scale);
}

function bucket(levels: Float32Array, from: number, width: number): number {
  const first = Math.min(Math.floor(from), levels.length - 1);
  const end = Math.min(levels.length, Math.max(first + 1, Math.floor(from + width)));
  let sum = 0;
  let peak = 0;
  for (let i = first; i < end; i++) {
    const level = levels[i] ?? 0;
    sum += level;
    peak = Math.max(peak, level);
  }
  return (sum / (end - first)) * 0.6 + peak * 0.4;
}
