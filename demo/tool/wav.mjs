// SPDX-License-Identifier: AGPL-3.0-or-later
// From what fluidsynth writes (stereo float at 48 kHz, no header) to a 24-bit WAV of an exact length.

export const sampleRate = 48000;

export function peakOf(samples) {
  let peak = 0;
  for (const value of samples) peak = Math.max(peak, Math.abs(value));
  return peak;
}

/** Cuts or pads to `frames`, fades the last half second out, and brings the loudest sample to `peak` (0..1). */
export function prepared(samples, frames, peak) {
  const out = new Float32Array(frames * 2);
  out.set(samples.subarray(0, Math.min(samples.length, out.length)));
  const loudest = peakOf(out);
  if (loudest === 0) throw new Error('the part is silent');
  const fade = sampleRate / 2;
  for (let i = 0; i < out.length; ++i) {
    const left = frames - (i >> 1);
    out[i] *= (peak / loudest) * Math.min(1, left / fade);
  }
  return out;
}

/** What stands before the samples of a WAV file: stereo, 48 kHz, integers. */
export function wavHeader(dataBytes, bits) {
  const frameBytes = (2 * bits) / 8;
  const out = Buffer.alloc(44);
  out.write('RIFF', 0, 'ascii');
  out.writeUInt32LE(36 + dataBytes, 4);
  out.write('WAVEfmt ', 8, 'ascii');
  out.writeUInt32LE(16, 16);
  out.writeUInt16LE(1, 20);
  out.writeUInt16LE(2, 22);
  out.writeUInt32LE(sampleRate, 24);
  out.writeUInt32LE(sampleRate * frameBytes, 28);
  out.writeUInt16LE(frameBytes, 32);
  out.writeUInt16LE(bits, 34);
  out.write('data', 36, 'ascii');
  out.writeUInt32LE(dataBytes, 40);
  return out;
}

export function wav24(samples) {
  const data = Buffer.alloc(samples.length * 3);
  for (let i = 0; i < samples.length; ++i) {
    const value = Math.max(-1, Math.min(1, samples[i])) * 8388607;
    data.writeIntLE(Math.round(value), i * 3, 3);
  }
  return Buffer.concat([wavHeader(data.length, 24), data]);
}
