// SPDX-License-Identifier: AGPL-3.0-or-later
import { expect, test } from "vitest";
import { backoffMs, inOrder, plan } from "./schedule";

test("the first segments of all parts come before anyone's second", () => {
  const wants = [
    { channel: 0, segment: 1, inFrames: 240_000 },
    { channel: 0, segment: 0, inFrames: 0 },
    { channel: 1, segment: 1, inFrames: 240_000 },
    { channel: 1, segment: 0, inFrames: 0 },
  ];
  expect(inOrder(wants).map((w) => [w.channel, w.segment])).toEqual([
    [0, 0],
    [1, 0],
    [0, 1],
    [1, 1],
  ]);
});

test("the nearest deadline is next, whichever part it is of", () => {
  const wants = [
    { channel: 0, segment: 7, inFrames: 9000 },
    { channel: 5, segment: 2, inFrames: 100 },
  ];
  expect(inOrder(wants)[0]).toMatchObject({ channel: 5 });
});

test("no more than the limit run at once, the most urgent first", () => {
  expect(plan(["a", "b", "c", "d"], new Set(["b"]), 3)).toEqual({ start: ["a", "c"], abort: [] });
});

test("what nobody wants any more is given up and makes room", () => {
  expect(plan(["x", "y"], new Set(["a", "b"]), 2)).toEqual({ start: ["x", "y"], abort: ["a", "b"] });
});

test("one segment that two channels want is fetched once", () => {
  expect(plan(["a", "a"], new Set(), 4).start).toEqual(["a"]);
});

test("each retry waits longer, up to four seconds, and never less than half", () => {
  expect([1, 2, 3, 4, 5, 6].map((n) => backoffMs(n, 1))).toEqual([250, 500, 1000, 2000, 4000, 4000]);
  expect(backoffMs(6, 0)).toBe(2000);
});
