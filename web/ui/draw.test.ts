// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, it } from "vitest";
import { barCount, mirrored, ringBars, ringPath, ringPlaces, stacked } from "./draw";

const bottoms = (path: string): number[] => [...path.matchAll(/M[\d.]+ ([\d.]+)V/g)].map((hit) => Number(hit[1]));
const tops = (path: string): number[] => [...path.matchAll(/V([\d.]+)/g)].map((hit) => Number(hit[1]));

describe("waveforms", () => {
  it("fit whole bars into a width", () => {
    expect(barCount(101)).toBe(25);
    expect(barCount(0)).toBe(0);
  });
  it("are as high above the middle as below it", () => {
    expect(mirrored([1], 22.3)).toBe("M2 1.2V21.2");
  });
  it("pile layers on each other without gaps", () => {
    const [low = "", high = ""] = stacked(
      [
        [0.5, 1],
        [0.5, 0],
      ],
      40,
    );
    expect(bottoms(low)).toEqual([40, 40]);
    expect(tops(low)).toEqual([20, 0]);
    expect(bottoms(high)).toEqual([20]);
    expect(tops(high)).toEqual([0]);
  });
});

describe("rings", () => {
  it("lie inside each other and inside the square", () => {
    const { full, open } = ringPlaces(4, 2, 200);
    const all = [...full, ...open];
    for (let i = 1; i < all.length; i++) {
      const [inner, outer] = [all[i - 1], all[i]];
      expect(outer && inner && outer.radius - outer.reach).toBeGreaterThan(inner ? inner.radius + inner.reach : NaN);
    }
    const last = all.at(-1);
    expect(last && last.radius + last.reach + Math.abs(last.x - 100)).toBeLessThan(100);
  });
  it("have one stroke per bar", () => {
    const ring = ringPlaces(1, 0, 200).full[0];
    expect(ring && ringPath(new Float32Array(30), ring).split("M")).toHaveLength(31);
    expect(ring && ringBars(ring, 4)).toBeGreaterThan(24);
  });
});
