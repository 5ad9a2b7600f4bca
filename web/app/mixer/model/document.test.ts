// SPDX-License-Identifier: AGPL-3.0-or-later
import { expect, test } from "vitest";
import type { MixSettings, Part, Song } from "../../../client/types";
import { channelSpec, mixOfSong } from "../../../engine";
import { documentOf, isSameMix, refreshed, rowsOf, withChannel, withMaster } from "./document";

const part = (id: number, state: Part["state"] = "accepted", takeState: "ready" | "ingesting" = "ready"): Part => ({
  id,
  song_id: 1,
  author: { id: 1, nickname: "anna" },
  instrument: "guitar",
  note: "",
  state,
  created_at: "2026-01-01T00:00:00Z",
  may: { edit: false, decide: false, withdraw: false },
  take: {
    id: 100 + id,
    state: takeState,
    progress: 1,
    file_name: "a.wav",
    frames: 48_000,
    duration_s: 1,
    stem_channels: 2,
    segments: 1,
    truncated: false,
    silent: false,
    peaks: [],
  },
});
const songOf = (...parts: Part[]): Song => ({
  id: 1,
  title: "Song",
  owner: { id: 1, nickname: "anna" },
  genre: "pop",
  licence: "cc0-1.0",
  text: "",
  created_at: "2026-01-01T00:00:00Z",
  lanes: [],
  seats: [],
  parts,
  releases: [],
  may: { edit: true, offer: true },
});
const channel = (partId: number, gain_db: number): MixSettings["channels"][number] => ({
  part_id: partId,
  take_id: 100 + partId,
  gain_db,
  pan: 0,
  muted: false,
  soloed: false,
  offset_frames: 0,
});
const master: MixSettings["master"] = { gain_db: 0, limiter: true, ceiling_dbtp: -1 };

test("a song without a mix has every ready part at 0 dB", () => {
  const doc = documentOf(songOf(part(1), part(2), part(3, "accepted", "ingesting")), undefined);
  expect(doc.channels.map((c) => [c.partId, c.gainDb])).toEqual([
    [1, 0],
    [2, 0],
  ]);
});

test("a part that joined after the mix was saved gets a strip, and the others stay as they were", () => {
  const doc = documentOf(songOf(part(1), part(2)), { channels: [channel(1, -6)], master });
  expect(doc.channels.map((c) => [c.partId, c.gainDb])).toEqual([
    [1, -6],
    [2, 0],
  ]);
});

test("a part that has left the song is not mixed", () => {
  const doc = documentOf(songOf(part(1), part(2, "withdrawn")), { channels: [channel(1, 0), channel(2, 0)], master });
  expect(doc.channels.map((c) => c.partId)).toEqual([1]);
});

test("offered parts have a row after the song's own, without a channel until they are tried", () => {
  const song = songOf(part(2, "offered"), part(1));
  const rows = rowsOf(song, documentOf(song, undefined).channels);
  expect(rows.map((r) => [r.part.id, r.offered, r.channel !== undefined])).toEqual([
    [1, false, true],
    [2, true, false],
  ]);
});

test("a tried part that is accepted keeps the settings it was tried with", () => {
  const offered = part(2, "offered");
  const doc = documentOf(songOf(part(1), offered), undefined);
  const tried = channelSpec(2, offered.take, { gainDb: -9, pan: 0.5, muted: false, soloed: false, offsetFrames: 480 });
  const next = refreshed(songOf(part(1), part(2)), doc, [tried]);
  expect(next.channels[1]).toEqual(tried);
});

test("two mixes are the same whatever the order of channels and keys", () => {
  const a: MixSettings = { channels: [channel(1, -6), channel(2, 0)], master };
  const b: MixSettings = {
    master: { ceiling_dbtp: -1, limiter: true, gain_db: 0 },
    channels: [channel(2, 0), channel(1, -6)],
  };
  expect(isSameMix(a, b)).toBe(true);
  expect(isSameMix(a, { ...b, channels: [channel(2, 0), channel(1, -6.1)] })).toBe(false);
  expect(isSameMix(a, undefined)).toBe(false);
});

test("changing a strip changes that strip only, and never the value before", () => {
  const doc = documentOf(songOf(part(1), part(2)), undefined);
  const louder = withMaster(withChannel(doc, 2, { gainDb: 3, pan: -0.5 }), { limiter: false });
  expect(louder.channels.map((c) => [c.gainDb, c.pan])).toEqual([
    [0, 0],
    [3, -0.5],
  ]);
  expect(louder.master.limiter).toBe(false);
  expect(mixOfSong(doc).channels[1]?.gain_db).toBe(0);
});
