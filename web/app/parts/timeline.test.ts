// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, it } from "vitest";
import type { Part } from "../../client/types";
import { playedOf, ticks, timeline } from "./timeline";

const part = (id: number, state: Part["state"], durationS: number): Part => ({
  id,
  song_id: 1,
  author: { id: 1, nickname: "anna" },
  instrument: "guitar",
  note: "",
  state,
  created_at: "2026-11-22T00:00:00Z",
  take: {
    id,
    state: "ready",
    progress: 1,
    file_name: "",
    frames: durationS * 48_000,
    duration_s: durationS,
    stem_channels: 2,
    segments: 1,
    truncated: false,
    silent: false,
    peaks: [],
  },
  may: { edit: false, decide: false, withdraw: false },
});
const channel = (id: number, offset: number) => ({
  part_id: id,
  take_id: id,
  gain_db: 0,
  pan: 0,
  muted: false,
  soloed: false,
  offset_frames: offset,
});

describe("the timeline", () => {
  const song = {
    parts: [part(1, "accepted", 60), part(2, "accepted", 30), part(3, "offered", 62)],
    mix: {
      id: 1,
      song_id: 1,
      author: { id: 1, nickname: "anna" },
      name: "",
      created_at: "2026-11-22T00:00:00Z",
      settings: {
        channels: [channel(1, 0), channel(2, 48_000 * 40)],
        master: { gain_db: 0, limiter: true, ceiling_dbtp: -1 },
      },
    },
  };
  const line = timeline(song, undefined);
  it("places parts where the mix puts them and ends with the last one", () => {
    expect(line.accepted.map((place) => place.startS)).toEqual([0, 40]);
    expect(line.lengthS).toBe(70);
  });
  it("has offers beginning with the song, apart from what is in it", () => {
    expect(line.offered.map((place) => [place.part.id, place.startS])).toEqual([[3, 0]]);
  });
  it("shows a declined offer to its author alone and a withdrawn one to nobody", () => {
    const after = { parts: [part(1, "declined", 9), part(2, "withdrawn", 9)] };
    expect(timeline(after, 2).offered).toEqual([]);
    expect(timeline(after, 1).offered.map((place) => place.part.id)).toEqual([1]);
  });
  it("says how much of a part is over", () => {
    const [, late] = line.accepted;
    expect(late && [playedOf(late, 10), playedOf(late, 55), playedOf(late, 99)]).toEqual([0, 0.5, 1]);
  });
});

describe("the ruler", () => {
  it("has round marks, not too many", () => {
    expect(ticks(34)).toEqual([0, 5, 10, 15, 20, 25, 30]);
    expect(ticks(182)).toEqual([0, 30, 60, 90, 120, 150]);
    expect(ticks(240)).toEqual([0, 30, 60, 90, 120, 150, 180, 210]);
    expect(ticks(0)).toEqual([]);
  });
});
