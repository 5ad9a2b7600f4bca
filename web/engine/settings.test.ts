// SPDX-License-Identifier: AGPL-3.0-or-later
import { expect, test } from "vitest";
import { channelSpec, cleanChannel, cleanMaster, mixOfSong, songFrames, songOfMix, type MixSettings } from "./settings";

const takes = new Map([
  [11, { id: 11, stem_channels: 2, frames: 480_000, segments: 2 }],
  [12, { id: 12, stem_channels: 1, frames: 96_000, segments: 1 }],
]);
const mix: MixSettings = {
  channels: [
    { part_id: 1, take_id: 11, gain_db: -3.2, pan: 0.25, muted: false, soloed: true, offset_frames: -480 },
    { part_id: 2, take_id: 12, gain_db: 6, pan: -1, muted: true, soloed: false, offset_frames: 24_000 },
  ],
  master: { gain_db: -1.5, limiter: false, ceiling_dbtp: -0.5 },
};

test("a mix that goes to the engine and back is the same mix", () => {
  expect(mixOfSong(songOfMix(mix, takes))).toEqual(mix);
});

test("the engine learns of each stem what it needs to fetch it", () => {
  const [first, second] = songOfMix(mix, takes).channels;
  expect(first).toMatchObject({ takeId: 11, stemChannels: 2, frames: 480_000, segments: 2 });
  expect(second).toMatchObject({ takeId: 12, stemChannels: 1, frames: 96_000, segments: 1 });
});

test("a channel whose take isn't ready is left out", () => {
  const known = new Map([...takes].slice(1));
  expect(songOfMix(mix, known).channels.map((c) => c.partId)).toEqual([2]);
});

test("settings outside of what the engine takes are brought inside", () => {
  const wild = { gainDb: 99, pan: -3, muted: false, soloed: false, offsetFrames: 10.4 };
  expect(cleanChannel(wild)).toMatchObject({ gainDb: 12, pan: -1, offsetFrames: 10 });
  expect(cleanChannel({ ...wild, gainDb: NaN, pan: NaN, offsetFrames: NaN })).toMatchObject({
    gainDb: 0,
    pan: 0,
    offsetFrames: 0,
  });
  expect(cleanMaster({ gainDb: -200, limiter: true, ceilingDbtp: 3 })).toMatchObject({ gainDb: -90, ceilingDbtp: 0 });
});

test("a song lasts to the end of its last stem, wherever that begins", () => {
  const stem = { id: 1, stem_channels: 1, frames: 1000, segments: 1 };
  const at = (offsetFrames: number) => ({ ...channelSpec(1, stem), offsetFrames });
  expect(songFrames([at(0), at(500), at(-900)])).toBe(1500);
  expect(songFrames([])).toBe(0);
});
