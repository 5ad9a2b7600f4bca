// SPDX-License-Identifier: AGPL-3.0-or-later

/** Decoded PCM of one stem segment. */
export interface Pcm {
  readonly left: Float32Array<ArrayBuffer>;
  readonly right: Float32Array<ArrayBuffer> | undefined;
}

const bytesOf = (pcm: Pcm): number => pcm.left.byteLength + (pcm.right?.byteLength ?? 0);

/** Gives the memory back now: the collector, seeing only small objects, would let a lot of it pile up. */
function free(pcm: Pcm | undefined): void {
  for (const side of [pcm?.left, pcm?.right]) {
    const buffer: Transferring | undefined = side?.buffer;
    buffer?.transfer?.(0);
  }
}

interface Transferring extends ArrayBuffer {
  transfer?(bytes: number): ArrayBuffer; // ES2024
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
      free(this.take(oldest));
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
    this.kept.clear();
    this.bytes = 0;
  }
}
