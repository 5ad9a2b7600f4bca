// SPDX-License-Identifier: AGPL-3.0-or-later
import { expect, test } from "vitest";
import { afterNext } from "./slots";
import { SEGMENT_FRAMES } from "./units";

const stem = { offsetFrames: 0, frames: 20 * SEGMENT_FRAMES };
const at = (segment: number): number => segment * SEGMENT_FRAMES;

test("in a loop of three segments the one after the next is the one before", () => {
  const loop = { start: at(2) - 100, end: at(3) + 100 };
  expect([at(2) - 50, at(2), at(3)].map((position) => afterNext(stem, loop, position))).toEqual([3, 1, 2]);
});

test("near the end of a longer loop its first segments are needed", () => {
  const loop = { start: at(2), end: at(7) };
  expect([2, 3, 4, 5, 6].map((segment) => afterNext(stem, loop, at(segment)))).toEqual([4, 5, 6, 2, 3]);
});

test("loops of one or two segments need no more than those", () => {
  expect(afterNext(stem, { start: at(2), end: at(4) }, at(3))).toBe(-1);
  expect(afterNext(stem, { start: at(2) + 5, end: at(2) + 9000 }, at(2) + 7)).toBe(-1);
});

test("before a loop and behind it nothing is needed for it", () => {
  const loop = { start: at(5), end: at(9) };
  expect(afterNext(stem, loop, at(5) - 1)).toBe(-1);
  expect(afterNext(stem, loop, at(9))).toBe(-1);
});

test("a stem's offset and end count: only what sounds in the loop is needed", () => {
  const late = { offsetFrames: at(3), frames: at(10) };
  const loop = { start: at(1), end: at(6) }; // the stem's segments 0, 1, 2
  expect(afterNext(late, loop, at(1))).toBe(2);
  expect(afterNext(late, loop, at(5))).toBe(1);
  expect(afterNext({ offsetFrames: 0, frames: at(3) }, { start: 0, end: at(6) }, at(4))).toBe(2);
  expect(afterNext({ offsetFrames: at(9), frames: at(3) }, { start: 0, end: at(6) }, 0)).toBe(-1);
});
