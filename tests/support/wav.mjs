// SPDX-License-Identifier: AGPL-3.0-or-later
// Audio files made by a test.
import { sampleRate, wavHeader } from "../../demo/tool/wav.mjs";

export { sampleRate };

/**
 * A WAV file, 48 kHz, 16 bits, stereo.
 * @param {Int16Array} samples left and right in turn
 */
export function wavFile(samples) {
  const data = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
  return Buffer.concat([wavHeader(data.length, 16), data]);
}
