// SPDX-License-Identifier: AGPL-3.0-or-later
// The mixing engine in the browser: `openSong()` plays the stems of a song with given settings, as the server would
// render it. Knows no page and no feature.
import { sharedOutput } from "./output";
import { apiSegmentUrl, type SegmentUrl } from "./segments";
import type { SongSpec } from "./settings";
import { SongEngine, type EngineEvents } from "./song_engine";
import { MAX_CHANNELS } from "./units";

export { EngineUnavailable } from "./output";
export { SongEngine, type EngineEvents } from "./song_engine";
export type { ChannelMeter, MasterMeter, Meters } from "./meters";
export type { Loop } from "./playhead";
export type { PlayState } from "./protocol";
export * from "./settings";
export * from "./units";

export interface OpenOptions extends Partial<EngineEvents> {
  /** Where segments come from; the API by default. */
  readonly segmentUrl?: SegmentUrl;
}

/**
 * Opens a song, stopped at its start, and begins to fetch what play() will need first. Works before any user's
 * gesture; play() needs one. Throws EngineUnavailable. The caller closes it.
 */
export async function openSong(song: SongSpec, options: OpenOptions = {}): Promise<SongEngine> {
  const output = sharedOutput();
  const node = await output.createNode(MAX_CHANNELS);
  const decoder = await output.createDecoder();
  const engine = new SongEngine(output, node, decoder, MAX_CHANNELS, options.segmentUrl ?? apiSegmentUrl, options);
  engine.setMaster(song.master);
  engine.setChannels(song.channels);
  return engine;
}
