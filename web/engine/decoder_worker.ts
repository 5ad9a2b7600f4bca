// SPDX-License-Identifier: AGPL-3.0-or-later
// The entry of the decoding Worker's own bundle. The page compiles engine.wasm once and hands it over.
import { FlacDecoder } from "./flac";
import type { DecodeAnswer, DecoderMessage } from "./protocol";
import { buffersOf, release } from "./segment_cache";

declare function postMessage(message: DecodeAnswer, transfer: Transferable[]): void;

let decoder: FlacDecoder | undefined;

addEventListener("message", ({ data }: MessageEvent<DecoderMessage>) => {
  if (data.kind === "module") {
    decoder = new FlacDecoder(data.module);
    return;
  }
  const pcm = decoder?.decode(data.bytes);
  release(data.bytes);
  postMessage({ id: data.id, pcm }, pcm === undefined ? [] : buffersOf(pcm));
});
