// SPDX-License-Identifier: AGPL-3.0-or-later
import { expect, test } from "vitest";
import { Playhead } from "./playhead";

const playing = (serial: number, contextFrame: number, songFrame: number) =>
  ({ serial, contextFrame, songFrame, state: "playing" }) as const;

test("between reports the position goes on with the sound", () => {
  const playhead = new Playhead();
  playhead.push(playing(1, 1000, 5000));
  expect(playhead.at(1640)).toBe(5640);
});

test("the position is what the speakers play, not what the engine has just made", () => {
  const playhead = new Playhead();
  playhead.push(playing(1, 0, 0));
  playhead.push(playing(1, 1600, 1600));
  expect(playhead.at(1200)).toBe(1200);
});

test("a seek shows at once and doesn't jump back while older sound leaves the speakers", () => {
  const playhead = new Playhead();
  playhead.push(playing(1, 0, 0));
  playhead.jumpTo(90_000, 2);
  playhead.push(playing(1, 1600, 1600));
  expect(playhead.at(1700)).toBe(90_000);
  playhead.push(playing(2, 3200, 90_000));
  expect(playhead.at(1800)).toBe(90_000);
  expect(playhead.at(3300)).toBe(90_100);
});

test("inside a loop the position wraps to its start", () => {
  const playhead = new Playhead();
  playhead.setLoop({ start: 1000, end: 11_000 });
  playhead.push(playing(1, 0, 10_900));
  expect(playhead.at(150)).toBe(1050);
  expect(playhead.at(10_150)).toBe(1050);
});

test("beyond a loop the song plays on", () => {
  const playhead = new Playhead();
  playhead.setLoop({ start: 1000, end: 11_000 });
  playhead.push(playing(1, 0, 12_000));
  expect(playhead.at(500)).toBe(12_500);
});

test("a stopped song stands still", () => {
  const playhead = new Playhead();
  playhead.push({ serial: 3, contextFrame: 0, songFrame: 777, state: "stopped" });
  expect(playhead.at(48_000)).toBe(777);
});
