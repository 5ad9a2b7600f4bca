// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, it } from "vitest";
import type { Song, Take } from "../../client/types";
import { affects, withEvent } from "./live";

const take = (state: Take["state"], progress: number): Take => ({
  id: 5,
  state,
  progress,
  file_name: "a.wav",
  frames: 0,
  duration_s: 0,
  stem_channels: 1,
  segments: 0,
  truncated: false,
  silent: false,
  peaks: [],
});
const song = (of: Take): Song => ({
  id: 1,
  title: "Rain",
  owner: { id: 1, nickname: "anna" },
  genre: "pop",
  licence: "cc0-1.0",
  text: "",
  created_at: "2026-11-22T00:00:00Z",
  lanes: [],
  seats: [],
  releases: [],
  may: { edit: true, offer: true },
  parts: [
    {
      id: 2,
      song_id: 1,
      author: { id: 1, nickname: "anna" },
      instrument: "guitar",
      note: "",
      state: "accepted",
      created_at: "2026-11-22T00:00:00Z",
      take: of,
      may: { edit: true, decide: false, withdraw: false },
    },
  ],
});
const after = (of: Take, progress: number): Take | undefined =>
  withEvent(song(of), "take.progress", { song_id: 1, take_id: 5, progress }).parts[0]?.take;

describe("live events", () => {
  it("move a take on without asking for the song again", () => {
    expect(after(take("uploaded", 0), 0.4)).toMatchObject({ state: "ingesting", progress: 0.4 });
    expect(affects("take.progress")).toBe(false);
    expect(affects("take.ready")).toBe(true);
  });
  it("never move progress back, nor a finished take", () => {
    expect(after(take("ingesting", 0.6), 0.4)?.progress).toBe(0.6);
    expect(after(take("ready", 1), 0.9)?.state).toBe("ready");
  });
  it("leave a song they don't concern as it is", () => {
    const before = song(take("ready", 1));
    expect(withEvent(before, "song.changed", { song_id: 1 })).toBe(before);
  });
});
