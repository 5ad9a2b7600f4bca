// SPDX-License-Identifier: AGPL-3.0-or-later

/** Decoded PCM of one stem segment; each side owns its buffer. */
export interface Pcm {
  readonly left: Float32Array<ArrayBuffer>;
  /** Absent for mono stems. */
  readonly right: Float32Array<ArrayBuffer> | undefined;
}

export const buffersOf = ({ left, right }: Pcm): ArrayBuffer[] =>
  right === undefined ? [left.buffer] : [left.buffer, right.buffer];

const bytesOf = (pcm: Pcm): number => pcm.left.byteLength + (pcm.right?.byteLength ?? 0);

/** A port whose other end is closed. */
function nowhere(): MessagePort {
  const { port1, port2 } = new MessageChannel();
  port2.close();
  return port1;
}

let drain: MessagePort | undefined;

/**
 * Gives the memory back now: the collector, seeing only small objects, would let a lot of it pile up. What is sent to
 * a closed port is freed; ArrayBuffer.transfer() wouldn't do, as browsers keep a hold of buffers that messages brought.
 */
export function release(buffer: ArrayBuffer): void {
  drain ??= nowhere();
  drain.postMessage(null, [buffer]);
}

/** Keeps the most recently used segments within a number of bytes. What is taken is gone: buffers are lent on. */
export class SegmentCache {
  private readonly kept = new Map<string, Pcm>(); // in order of use, oldest first
  private bytes = 0;

  constructor(private readonly limitBytes: number) {}

  get sizeBytes(): number {
    return this.bytes;
  }

  put(key: string, pcm: Pcm): void {
    this.take(key);
    this.kept.set(key, pcm);
    this.bytes += bytesOf(pcm);
    for (const oldest of this.kept.keys()) {
      if (this.bytes <= this.limitBytes) break;
      this.drop(oldest);
    }
  }

  take(key: string): Pcm | undefined {
    const pcm = this.kept.get(key);
    if (pcm === undefined) return undefined;
    this.kept.delete(key);
    this.bytes -= bytesOf(pcm);
    return pcm;
  }

  clear(): void {
    for (const key of [...this.kept.keys()]) this.drop(key);
  }

  private drop(key: string): void {
    const pcm = this.take(key);
    if (pcm !== undefined) buffersOf(pcm).forEach(release);
  }
}
