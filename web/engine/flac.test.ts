// SPDX-License-Identifier: AGPL-3.0-or-later
// @vitest-environment node
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { FlacDecoder } from "./flac";
import { SAMPLE_RATE, SEGMENT_FRAMES } from "./units";

const root = resolve(import.meta.dirname, "../..");
const wasm = [process.env.SOUNDHUB_ENGINE_WASM, "build/release/dsp/engine.wasm", "build/dev/dsp/engine.wasm"]
  .flatMap((path) => (path ? [resolve(root, path)] : []))
  .find((path) => existsSync(path));

/** Whole numbers of 24 bits, interleaved; they look random, but decay so that the encoder finds something to predict. */
function music(frames: number, channels: number): Int32Array {
  let seed = 1;
  return Int32Array.from({ length: frames * channels }, (_, i) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.round(6e6 * Math.sin(i / channels / 9) + (seed / 2 ** 32 - 0.5) * 2e6);
  });
}

function encode(samples: Int32Array, channels: number, rate = SAMPLE_RATE): ArrayBuffer {
  const raw = Buffer.alloc(samples.length * 3);
  samples.forEach((sample, i) => raw.writeIntLE(sample, i * 3, 3));
  const form = ["--force-raw-format", "--endian=little", "--sign=signed", "--bps=24"];
  const args = ["--silent", "-3", "--stdout", ...form, `--channels=${channels}`, `--sample-rate=${rate}`, "-"];
  return Uint8Array.from(execFileSync("flac", args, { input: raw, maxBuffer: 1 << 24, stdio: "pipe" })).buffer;
}

/** How many of one side's samples came out as something else. */
function differing(samples: Int32Array, channels: number, which: number, got: Float32Array | undefined): number {
  let count = 0;
  for (let i = which; i < samples.length; i += channels) {
    if (got?.[(i - which) / channels] !== (samples[i] ?? NaN) / 2 ** 23) ++count;
  }
  return count;
}

describe.skipIf(wasm === undefined)("the FLAC decoder in engine.wasm", () => {
  let decoder: FlacDecoder;
  beforeAll(() => (decoder = new FlacDecoder(new WebAssembly.Module(readFileSync(wasm ?? "")))));

  test.each([1, 2])("a whole segment of %i channels comes out exactly", (channels) => {
    const samples = music(SEGMENT_FRAMES, channels);
    const pcm = decoder.decode(encode(samples, channels));
    expect(pcm?.left).toHaveLength(SEGMENT_FRAMES);
    expect(pcm?.right?.length).toBe(channels === 2 ? SEGMENT_FRAMES : undefined);
    expect(differing(samples, channels, 0, pcm?.left)).toBe(0);
    if (channels === 2) expect(differing(samples, channels, 1, pcm?.right)).toBe(0);
  });

  test("a damaged file, another rate, too long a file and no file are refused", () => {
    const good = encode(music(10_000, 1), 1);
    const damaged = new Uint8Array(good.slice());
    damaged[good.byteLength >> 1] = 1 ^ (damaged[good.byteLength >> 1] ?? 0);
    expect(decoder.decode(damaged.buffer)).toBeUndefined();
    expect(decoder.decode(good.slice(0, -1))).toBeUndefined();
    expect(decoder.decode(encode(music(100, 1), 1, 44_100))).toBeUndefined();
    expect(decoder.decode(encode(music(SEGMENT_FRAMES + 1, 1), 1))).toBeUndefined();
    expect(decoder.decode(new ArrayBuffer(0))).toBeUndefined();
    expect(decoder.decode(new ArrayBuffer(3 << 20))).toBeUndefined();
    expect(decoder.decode(good)?.left).toHaveLength(10_000);
  });

  test("what was decoded before isn't overwritten", () => {
    const first = decoder.decode(encode(new Int32Array(100).fill(1 << 20), 1));
    decoder.decode(encode(new Int32Array(100), 1));
    expect(first?.left[50]).toBe(1 / 8);
  });
});
