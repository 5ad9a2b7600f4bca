// SPDX-License-Identifier: AGPL-3.0-or-later
import type { SegmentPcm, Want } from "./protocol";
import { backoffMs, inOrder, keyOf, plan } from "./schedule";
import { SegmentCache, type Pcm } from "./segment_cache";
import { SEGMENT_FRAMES } from "./units";

/** A segment that will not come however often one asks: not found, forbidden, or not audio of the right length. */
export class SegmentUnavailable extends Error {}

export interface Stem {
  readonly takeId: number;
  readonly frames: number;
}

/** What the feeder needs of the world. */
export interface FeederPorts {
  /** Throws SegmentUnavailable if asking again is no use. */
  fetchSegment(takeId: number, segment: number, signal: AbortSignal): Promise<ArrayBuffer>;
  decode(bytes: ArrayBuffer): Promise<Pcm>;
  deliver(segment: SegmentPcm): void;
  /** This take can't be played. */
  giveUp(takeId: number): void;
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

const AT_ONCE = 3; // of the six connections that a browser opens to an HTTP/1.1 host
const TRIES = 6;
const CACHE_BYTES = 2 << 20; // more than one segment: what is decoded passes through it

export const segmentLength = (frames: number, segment: number): number =>
  Math.max(0, Math.min(SEGMENT_FRAMES, frames - segment * SEGMENT_FRAMES));

interface Job {
  readonly takeId: number;
  readonly segment: number;
  readonly abort: AbortController;
}

/** Brings the engine the segments it wants: fetched, decoded, the nearest deadline first, a few at a time. */
export class Feeder {
  private readonly stems = new Map<number, Stem>(); // by channel
  private readonly jobs = new Map<string, Job>();
  private readonly lent = new Set<string>();
  private readonly failed = new Set<number>();
  private readonly cache: SegmentCache;
  private wants: readonly Want[] = [];

  constructor(
    private readonly ports: FeederPorts,
    cacheBytes = CACHE_BYTES,
  ) {
    this.cache = new SegmentCache(cacheBytes);
  }

  setStem(channel: number, stem: Stem | undefined): void {
    if (stem === undefined) this.stems.delete(channel);
    else this.stems.set(channel, stem);
    this.pump();
  }

  /** All that the engine wants now; what isn't named is no longer fetched. */
  want(wants: readonly Want[]): void {
    this.wants = inOrder(wants);
    this.pump();
  }

  /** The engine gives a segment's memory back, and has copied it or (overtaken by a seek) not. */
  returned(segment: SegmentPcm, accepted: boolean): void {
    const key = keyOf(segment.takeId, segment.segment);
    this.lent.delete(key);
    this.cache.put(key, { left: segment.left, right: segment.right });
    if (accepted) this.forget(segment);
    this.pump();
  }

  private forget({ channel, segment }: SegmentPcm): void {
    this.wants = this.wants.filter((want) => want.channel !== channel || want.segment !== segment);
  }

  close(): void {
    for (const job of this.jobs.values()) job.abort.abort();
    this.wants = [];
    this.cache.clear();
  }

  private pump(): void {
    this.deliverCached();
    const missing = this.wants.flatMap((want) => this.missingKey(want));
    const { start, abort } = plan(missing, new Set(this.jobs.keys()), AT_ONCE);
    for (const key of abort) this.jobs.get(key)?.abort.abort();
    for (const key of start) void this.run(key);
  }

  private deliverCached(): void {
    for (const want of this.wants) {
      const stem = this.stems.get(want.channel);
      if (stem === undefined) continue;
      const key = keyOf(stem.takeId, want.segment);
      const pcm = this.lent.has(key) ? undefined : this.cache.take(key);
      if (pcm !== undefined) this.lend(key, want.channel, stem.takeId, want.segment, pcm);
    }
  }

  private lend(key: string, channel: number, takeId: number, segment: number, pcm: Pcm): void {
    this.lent.add(key);
    this.ports.deliver({ channel, takeId, segment, ...pcm });
  }

  private missingKey(want: Want): string[] {
    const stem = this.stems.get(want.channel);
    if (stem === undefined || this.failed.has(stem.takeId)) return [];
    const key = keyOf(stem.takeId, want.segment);
    return this.lent.has(key) ? [] : [key];
  }

  private async run(key: string): Promise<void> {
    const [takeId = 0, segment = 0] = key.split(":").map(Number);
    const job: Job = { takeId, segment, abort: new AbortController() };
    this.jobs.set(key, job);
    const pcm = await this.bring(job).catch((error: unknown) => this.note(error, job));
    this.jobs.delete(key);
    if (pcm !== undefined) this.cache.put(key, pcm);
    this.pump();
  }

  private note(error: unknown, job: Job): undefined {
    if (!(error instanceof SegmentUnavailable)) return; // given up because nobody wants it
    this.failed.add(job.takeId);
    this.ports.giveUp(job.takeId);
  }

  private async bring(job: Job): Promise<Pcm> {
    const { signal } = job.abort;
    for (let attempt = 1; ; ++attempt) {
      try {
        const bytes = await this.ports.fetchSegment(job.takeId, job.segment, signal);
        return this.checked(await this.ports.decode(bytes), job);
      } catch (error) {
        if (signal.aborted || error instanceof SegmentUnavailable) throw error;
        if (attempt === TRIES) throw new SegmentUnavailable(String(error));
        await this.ports.wait(backoffMs(attempt, Math.random()), signal);
      }
    }
  }

  private checked(pcm: Pcm, job: Job): Pcm {
    const stem = [...this.stems.values()].find((s) => s.takeId === job.takeId);
    if (stem !== undefined && pcm.left.length !== segmentLength(stem.frames, job.segment)) {
      throw new SegmentUnavailable(`segment ${job.segment} of take ${job.takeId} has ${pcm.left.length} frames`);
    }
    return pcm;
  }
}
