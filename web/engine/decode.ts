// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Pcm } from "./segment_cache";
import { SAMPLE_RATE } from "./units";

let decoder: OfflineAudioContext | undefined;
let last: Promise<unknown> = Promise.resolve();

/**
 * 24-bit FLAC to floats, exactly (n / 2^23): at the context's own rate nothing is resampled. The arrays own their
 * buffers and may be transferred. One at a time: each decode needs several times its result for a moment.
 */
export function decodeSegment(bytes: ArrayBuffer): Promise<Pcm> {
  const turn = last.then(() => decode(bytes));
  last = turn.catch(() => undefined);
  return turn;
}

async function decode(bytes: ArrayBuffer): Promise<Pcm> {
  decoder ??= new OfflineAudioContext(1, 1, SAMPLE_RATE);
  const audio = await decoder.decodeAudioData(bytes);
  return {
    left: audio.getChannelData(0),
    right: audio.numberOfChannels > 1 ? audio.getChannelData(1) : undefined,
  };
}
