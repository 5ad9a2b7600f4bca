// SPDX-License-Identifier: AGPL-3.0-or-later
import { beforeEach, describe, expect, test } from "vitest";
import type { MixSettings } from "../../../client/types";
import { dropDraft, keepDraft, readDraft } from "./draft";
import { formatDb, formatPan, gainAt, parseDb, positionOf } from "./fader";
import { History } from "./history";
import { formatBar, formatOffset, formatShort, formatTime, parseOffset } from "./time";
import { fit, frameAt, scrolled, snap, tickStep, ticks, xOf, zoom } from "./timeline";

describe("the fader", () => {
  test("gives back each tenth of a dB that was put on it", () => {
    for (let tenths = -600; tenths <= 120; ++tenths) expect(gainAt(positionOf(tenths / 10))).toBe(tenths / 10);
  });
  test("is off at the bottom and at +12 dB at the top", () => {
    expect([gainAt(0), gainAt(-1), gainAt(1), gainAt(2)]).toEqual([-90, -90, 12, 12]);
    expect([positionOf(-200), positionOf(-90), positionOf(12), positionOf(40)]).toEqual([0, 0, 1, 1]);
  });
  test("rises all the way, and slowest around 0 dB", () => {
    const perDb = (db: number) => positionOf(db + 0.5) - positionOf(db - 0.5);
    for (let db = -89; db <= 11; ++db) expect(perDb(db)).toBeGreaterThan(0);
    expect(perDb(-3)).toBeGreaterThan(perDb(-30));
  });
  test("speaks dB with a true minus sign, and −∞ when off", () => {
    expect([-3.2, 0, -0.04, 1, -90].map(formatDb)).toEqual(["−3.2", "0.0", "0.0", "+1.0", "−∞"]);
  });
  test("understands what people type", () => {
    expect(["-3.2", "−3,2 dB", "+1", "-inf", "−∞", "99", "x", ""].map(parseDb)).toEqual([
      -3.2,
      -3.2,
      1,
      -90,
      -90,
      12,
      undefined,
      undefined,
    ]);
  });
  test("names pan by side and percent", () => {
    expect([0, 0.001, -0.22, 1].map(formatPan)).toEqual(["C", "C", "L 22", "R 100"]);
  });
});

describe("history", () => {
  test("undoes and redoes step by step", () => {
    const history = new History(0);
    history.change(1, "a", 0);
    history.change(2, "b", 1);
    expect([history.undo(), history.undo(), history.undo()]).toEqual([1, 0, 0]);
    expect([history.redo(), history.redo(), history.redo()]).toEqual([1, 2, 2]);
  });
  test("makes one step of a gesture, however many changes it has", () => {
    const history = new History(0);
    for (let i = 1; i <= 50; ++i) history.change(i, "gain:7", i * 16);
    expect(history.undo()).toBe(0);
    expect(history.redo()).toBe(50);
  });
  test("two gestures on the same fader are two steps", () => {
    const history = new History(0);
    history.change(1, "gain:7", 0);
    history.seal();
    history.change(2, "gain:7", 10);
    expect(history.undo()).toBe(1);
  });
  test("a pause ends a gesture", () => {
    const history = new History(0);
    history.change(1, "gain:7", 0);
    history.change(2, "gain:7", 5000);
    expect(history.undo()).toBe(1);
  });
  test("a change after undo forgets what was undone", () => {
    const history = new History(0);
    history.change(1, "a", 0);
    history.undo();
    history.change(2, "b", 1);
    expect(history.canRedo).toBe(false);
    expect(history.undo()).toBe(0);
  });
  test("a change that follows an undo never melts into the step before it", () => {
    const history = new History(0);
    history.change(1, "a", 0);
    history.seal();
    history.change(2, "a", 10);
    history.undo();
    history.change(3, "a", 20);
    expect(history.undo()).toBe(1);
  });
});

describe("time", () => {
  test("is shown to the millisecond, with hours", () => {
    expect([0, 48_000 * 92.48, 48_000 * 3661.001].map(formatTime)).toEqual([
      "0:00:00.000",
      "0:01:32.480",
      "1:01:01.001",
    ]);
    expect([48_000 * 92, 48_000 * 3700].map(formatShort)).toEqual(["1:32", "1:01:40"]);
  });
  test("counts bars and beats from one", () => {
    expect([0, 24_000, 96_000, 95_999].map((f) => formatBar(f, 120))).toEqual(["1.1", "1.2", "2.1", "1.4"]);
  });
  test("offsets are typed in milliseconds, seconds or samples", () => {
    expect(parseOffset("12")).toBe(576);
    expect(parseOffset("−0,5 s")).toBe(-24_000);
    expect(parseOffset("+7 samples")).toBe(7);
    expect(parseOffset("7", "samples")).toBe(7);
    expect(parseOffset("soon")).toBeUndefined();
  });
  test("offsets are shown to the sample", () => {
    expect([0, 480, -1].map(formatOffset)).toEqual(["0", "+10", "−0.021"]);
  });
});

describe("the timeline", () => {
  const view = { framesPerPixel: 1000, startFrame: 48_000, widthPixels: 800 };
  const song = 48_000 * 240;

  test("pixels and frames agree", () => {
    expect(xOf(frameAt(123, view), view)).toBe(123);
  });
  test("zooming keeps what is under the pointer", () => {
    const closer = zoom(view, 0.5, 300, song);
    expect(frameAt(300, closer)).toBeCloseTo(frameAt(300, view));
    expect(closer.framesPerPixel).toBe(500);
  });
  test("never zooms out beyond the song, nor scrolls out of it", () => {
    expect(zoom(view, 1e6, 0, song).framesPerPixel).toBeCloseTo(fit(song, 800));
    expect(scrolled(view, -5, song).startFrame).toBe(0);
    expect(frameAt(800, scrolled(view, 1e12, song))).toBeLessThanOrEqual(song * 1.02);
  });
  test("labels whole bars, far enough apart to be read", () => {
    expect(tickStep(1000, 120) % (4 * 24_000)).toBe(0);
    expect(tickStep(1000, 120)).toBeGreaterThanOrEqual(64_000);
    expect(
      ticks({ ...view, startFrame: 0 }, 120)
        .slice(0, 3)
        .map((t) => t.label),
    ).toEqual(["1", "2", "3"]);
  });
  test("without a tempo, labels round seconds", () => {
    expect(
      ticks({ ...view, startFrame: 0 }, undefined)
        .slice(0, 3)
        .map((t) => t.label),
    ).toEqual(["0:00", "0:02", "0:04"]);
  });
  test("a dragged clip sticks to beats, to zero and to other clips, but only nearby", () => {
    expect(snap(24_000 + 5000, view, 120, [])).toBe(24_000);
    expect(snap(-3000, view, 120, [])).toBe(0);
    expect(snap(60_000 + 100, view, 120, [60_000])).toBe(60_000);
    expect(snap(36_000, view, 120, [])).toBe(36_000);
  });
});

describe("a draft", () => {
  const settings: MixSettings = { channels: [], master: { gain_db: -1, limiter: true, ceiling_dbtp: -1 } };
  beforeEach(() => localStorage.clear());

  test("is there after a crash, for its own song only", () => {
    keepDraft(localStorage, 7, { parentId: 3, settings });
    expect(readDraft(localStorage, 7)).toEqual({ parentId: 3, settings });
    expect(readDraft(localStorage, 8)).toBeUndefined();
  });
  test("is gone once dropped, and rubbish is no draft", () => {
    keepDraft(localStorage, 7, { parentId: undefined, settings });
    dropDraft(localStorage, 7);
    expect(readDraft(localStorage, 7)).toBeUndefined();
    localStorage.setItem("mixer.draft.7", "{oops");
    expect(readDraft(localStorage, 7)).toBeUndefined();
  });
});
