// SPDX-License-Identifier: AGPL-3.0-or-later
import workerUrl from "./decoder_worker.ts?worker&url";
import type { DecodeAnswer, DecoderMessage } from "./protocol";
import type { Pcm } from "./segment_cache";

/**
 * Decodes segments in a Worker of its own, one after the other. Not by the browser's decodeAudioData(): what that
 * leaves behind waits for a garbage collector that doesn't see how large it is.
 */
export class Decoder {
  private readonly worker = new Worker(workerUrl, { type: "module" });
  private readonly waiting = new Map<number, { done: (pcm: Pcm) => void; failed: (why: Error) => void }>();
  private lastId = 0;

  constructor(module: WebAssembly.Module) {
    this.worker.onmessage = ({ data }: MessageEvent<DecodeAnswer>) => this.finish(data);
    this.worker.onerror = () => this.failAll();
    this.send({ kind: "module", module }, []);
  }

  /** 24-bit FLAC to floats, exactly (n / 2^23). Takes the bytes; the arrays own their buffers and may be transferred. */
  decode(bytes: ArrayBuffer): Promise<Pcm> {
    const id = ++this.lastId;
    return new Promise((done, failed) => {
      this.waiting.set(id, { done, failed });
      this.send({ kind: "decode", id, bytes }, [bytes]);
    });
  }

  /** Ends the Worker; what is still being decoded fails. */
  close(): void {
    this.worker.terminate();
    this.failAll();
  }

  private send(message: DecoderMessage, transfer: Transferable[]): void {
    this.worker.postMessage(message, transfer);
  }

  private finish({ id, pcm }: DecodeAnswer): void {
    const asked = this.waiting.get(id);
    this.waiting.delete(id);
    if (pcm === undefined) asked?.failed(new Error("not a stem's FLAC"));
    else asked?.done(pcm);
  }

  private failAll(): void {
    for (const { failed } of this.waiting.values()) failed(new Error("the decoder has stopped"));
    this.waiting.clear();
  }
}
