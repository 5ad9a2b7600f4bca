// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, it } from "vitest";
import { bars, durationSeconds, parsePeaks, PeaksError } from "./peaks";

interface File {
  version?: number;
  bits?: 8 | 16;
  channels?: number;
  length?: number;
  values: number[];
}

function dat({ version = 2, bits = 8, channels = 1, length, values }: File): ArrayBuffer {
  const header = version === 1 ? 20 : 24;
  const view = new DataView(new ArrayBuffer(header + values.length * (bits / 8)));
  view.setInt32(0, version, true);
  view.setUint32(4, bits === 8 ? 1 : 0, true);
  view.setInt32(8, 48_000, true);
  view.setInt32(12, 256, true);
  view.setUint32(16, length ?? values.length / 2 / channels, true);
  if (version !== 1) view.setInt32(20, channels, true);
  values.forEach((value, i) => {
    if (bits === 8) view.setInt8(header + i, value);
    else view.setInt16(header + i * 2, value, true);
  });
  return view.buffer;
}

describe("parsePeaks", () => {
  it("takes the larger side of each 8-bit pair", () => {
    const peaks = parsePeaks(dat({ values: [-64, 32, -16, 127, 0, 0] }));
    expect([...peaks.levels]).toEqual([0.5, 127 / 128, 0]);
    expect(peaks).toMatchObject({ sampleRate: 48_000, samplesPerPixel: 256, channels: 1 });
  });
  it("reads 16-bit data and the first version's shorter header", () => {
    expect([...parsePeaks(dat({ version: 1, bits: 16, values: [-32768, 0, -1, 16384] })).levels]).toEqual([1, 0.5]);
  });
  it("folds the channels of a pixel into one level", () => {
    expect([...parsePeaks(dat({ channels: 2, values: [-1, 1, -128, 2, 0, 0, 0, 64] })).levels]).toEqual([1, 0.5]);
  });
  it("says how long the sound is", () => {
    const peaks = parsePeaks(dat({ values: Array.from({ length: 750 }, () => 0) }));
    expect(durationSeconds(peaks)).toBe(2);
  });
  it.each([
    ["an empty file", new ArrayBuffer(0)],
    ["a cut header", dat({ values: [] }).slice(0, 22)],
    ["another version", dat({ version: 3, values: [] })],
    ["less data than promised", dat({ length: 4, values: [0, 0] })],
    ["no channels", dat({ channels: 0, length: 0, values: [] })],
    ["a length that would take all memory", dat({ length: 0xffffffff, values: [0, 0] })],
  ])("refuses %s", (_name, buffer) => {
    expect(() => parsePeaks(buffer)).toThrow(PeaksError);
  });
});

describe("bars", () => {
  it("gives as many as asked, the loudest of them 1", () => {
    const out = bars(Float32Array.from([0.5, 0.5, 0.25, 0.25, 0, 0]), 3);
    expect([...out]).toEqual([1, 0.5, 0]);
  });
  it("stretches what is shorter than the bars", () => {
    expect([...bars(Float32Array.from([0.5, 1]), 4)]).toEqual([0.5, 0.5, 1, 1]);
  });
  it("leaves a very soft recording soft", () => {
    expect(bars(Float32Array.from([0.06]), 1)[0]).toBeCloseTo(0.5);
  });
  it("is flat for nothing", () => {
    expect([...bars(new Float32Array(0), 2)]).toEqual([0, 0]);
    expect([...bars(Float32Array.from([1]), 0)]).toEqual([]);
  });
});
