// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Dsp } from "./dsp";
import type { Loop } from "./playhead";
import type { Command, SegmentPcm, Want } from "./protocol";
import { MAX_CHANNELS, SEGMENT_FRAMES } from "./units";

const NONE = -1;
const PLACES = 3; // a channel's two slots and its spare
const SPARE = 2;

interface Span {
  readonly offsetFrames: number;
  readonly frames: number;
}

/**
 * The segment of a stem that a loop needs after the one that plays and the next, which the engine's two slots hold:
 * NONE (-1) if the loop has less than three, or isn't reached yet.
 */
export function afterNext({ offsetFrames, frames }: Span, loop: Loop, position: number): number {
  const from = Math.max(0, loop.start - offsetFrames);
  const to = Math.min(frames, loop.end - offsetFrames);
  if (position < loop.start || position >= loop.end || from >= to) return NONE;
  const first = Math.floor(from / SEGMENT_FRAMES);
  const count = Math.floor((to - 1) / SEGMENT_FRAMES) - first + 1;
  if (count < 3) return NONE;
  const at = position - offsetFrames;
  const now = at < from || at >= to ? first : Math.floor(at / SEGMENT_FRAMES);
  return first + ((now - first + 2) % count);
}

/** Which segments lie in the engine's slots and which it wants. In a loop, a spare a channel is loaded ahead as well. */
export class Slots {
  loop: Loop | undefined;
  /** Channels below this have or had a stem. */
  used = 0;
  private readonly takes = new Float64Array(MAX_CHANNELS);
  private readonly spans: Span[] = Array.from({ length: MAX_CHANNELS }, () => ({ offsetFrames: 0, frames: 0 }));
  private readonly held = new Float64Array(MAX_CHANNELS * PLACES).fill(NONE);
  private readonly asked = new Float64Array(MAX_CHANNELS * PLACES).fill(NONE);

  constructor(private readonly dsp: Dsp) {}

  setStem({ channel, takeId, stemChannels, frames, offsetFrames }: Extract<Command, { kind: "stem" }>): void {
    this.dsp.api.sh_set_stem(channel, stemChannels, frames, offsetFrames);
    this.takes[channel] = takeId;
    this.spans[channel] = { offsetFrames, frames };
    this.held.fill(NONE, channel * PLACES, (channel + 1) * PLACES);
    this.used = Math.max(this.used, channel + 1);
  }

  /** What has been loaded stays. */
  setOffset(channel: number, offsetFrames: number): void {
    this.dsp.api.sh_set_offset(channel, offsetFrames);
    this.spans[channel] = { offsetFrames, frames: this.spans[channel]?.frames ?? 0 };
  }

  /** Copies a segment to where it is wanted. False: nobody wants it any more. */
  give(pcm: SegmentPcm): boolean {
    const { channel, segment } = pcm;
    if (this.takes[channel] !== pcm.takeId) return false;
    const slot = this.dsp.give(channel, segment, pcm.left, pcm.right);
    const place = slot < 0 && this.isForSpare(channel, segment) && this.dsp.giveSpare(pcm) ? SPARE : slot;
    if (place >= 0) this.held[channel * PLACES + place] = segment;
    return place >= 0;
  }

  /** All that is wanted, if that has changed since it was last said. */
  news(): Want[] | undefined {
    if (!this.note()) return undefined;
    const wants: Want[] = [];
    for (let i = 0; i < this.used * PLACES; ++i) {
      const segment = this.asked[i] ?? NONE;
      const channel = Math.floor(i / PLACES);
      if (segment >= 0) wants.push({ channel, segment, inFrames: this.framesUntil(channel, segment) });
    }
    return wants;
  }

  private note(): boolean {
    let changed = false;
    for (let i = 0; i < this.used * PLACES; ++i) {
      const segment = this.wanted(Math.floor(i / PLACES), i % PLACES);
      if (segment === this.asked[i]) continue;
      this.asked[i] = segment;
      changed = true;
    }
    return changed;
  }

  private wanted(channel: number, place: number): number {
    if (place === SPARE) return this.wantedAhead(channel);
    const segment = this.dsp.api.sh_wanted(channel, place);
    if (segment < 0 || segment !== this.held[channel * PLACES + SPARE]) return segment;
    return this.useSpare(channel, segment) ? this.dsp.api.sh_wanted(channel, place) : segment;
  }

  /** The spare becomes the slot that wants its segment, and the slot the spare. */
  private useSpare(channel: number, segment: number): boolean {
    const slot = this.dsp.api.sh_use_spare(channel, segment);
    if (slot < 0) return false;
    this.held[channel * PLACES + SPARE] = this.held[channel * PLACES + slot] ?? NONE;
    this.held[channel * PLACES + slot] = segment;
    return true;
  }

  private wantedAhead(channel: number): number {
    const span = this.spans[channel];
    if (this.loop === undefined || span === undefined) return NONE;
    const segment = afterNext(span, this.loop, this.dsp.api.sh_position());
    return segment === this.held[channel * PLACES + SPARE] ? NONE : segment;
  }

  private isForSpare(channel: number, segment: number): boolean {
    return segment >= 0 && segment === this.wantedAhead(channel);
  }

  private framesUntil(channel: number, segment: number): number {
    const position = this.dsp.api.sh_position();
    const start = (this.spans[channel]?.offsetFrames ?? 0) + segment * SEGMENT_FRAMES;
    const isBehind = start + SEGMENT_FRAMES <= position;
    if (!isBehind || this.loop === undefined) return Math.max(0, start - position);
    return Math.max(0, this.loop.end - position) + Math.max(0, start - this.loop.start);
  }
}
