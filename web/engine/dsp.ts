// SPDX-License-Identifier: AGPL-3.0-or-later
// The C boundary of the engine (modules/dsp/wasm/exports.hpp) with types. Views are made anew when memory has grown.
import type { SegmentPcm } from "./protocol";

interface Exports {
  readonly memory: WebAssembly.Memory;
  sh_engine_version(): number;
  sh_prepare(channels: number): void;
  sh_set_stem(channel: number, stemChannels: number, frames: number, offsetFrames: number): number;
  sh_set_offset(channel: number, offsetFrames: number): number;
  sh_set_channel(c: number, gainDb: number, pan: number, muted: number, soloed: number, atFrame: number): number;
  sh_set_master(gainDb: number, limiter: number, ceilingDbtp: number): void;
  sh_wanted(channel: number, slot: number): number;
  sh_slot_for(channel: number, segment: number): number;
  sh_segment_length(channel: number, segment: number): number;
  sh_slot(channel: number, slot: number, side: number): number;
  sh_slot_ready(channel: number, segment: number, frames: number): number;
  sh_spare(channel: number, side: number): number;
  sh_use_spare(channel: number, segment: number): number;
  sh_ready(): number;
  sh_underruns(): number;
  sh_seek(frame: number): void;
  sh_position(): number;
  sh_heard_position(): number;
  sh_set_playing(playing: number): void;
  sh_song_frames(): number;
  sh_set_loop(start: number, end: number): number;
  sh_clear_loop(): void;
  sh_render(frames: number): number;
  sh_output(side: number): number;
  sh_latency(): number;
  sh_channel_meter(channel: number): number;
  sh_master_meter(): number;
  sh_clear_peaks(): void;
  sh_clear_loudness(): void;
}

/** One instance of engine.wasm. Belongs to the thread that renders. */
export class Dsp {
  readonly api: Exports;

  constructor(module: WebAssembly.Module) {
    this.api = new WebAssembly.Instance(module, {}).exports as unknown as Exports;
  }

  /** `length` floats of the engine's memory. Don't keep it: memory may grow. */
  floats(offset: number, length: number): Float32Array {
    return new Float32Array(this.api.memory.buffer, offset, length);
  }

  /** Copies PCM into the slot that wants this segment; -1: nobody wants it any more, or it is not what it says. */
  give(channel: number, segment: number, left: Float32Array, right: Float32Array | undefined): number {
    const slot = this.api.sh_slot_for(channel, segment);
    if (slot < 0 || left.length !== this.api.sh_segment_length(channel, segment)) return -1;
    if (!this.fill(this.api.sh_slot(channel, slot, 0), left)) return -1;
    const second = this.api.sh_slot(channel, slot, 1); // a mono stem has none
    if (second !== 0) this.fill(second, right ?? left);
    return this.api.sh_slot_ready(channel, segment, left.length) !== 0 ? slot : -1;
  }

  /** Copies PCM into the channel's spare, from where sh_use_spare() makes it play. */
  giveSpare({ channel, segment, left, right }: SegmentPcm): boolean {
    if (left.length !== this.api.sh_segment_length(channel, segment)) return false;
    if (!this.fill(this.api.sh_spare(channel, 0), left)) return false;
    const isMono = this.api.sh_slot(channel, 0, 1) === 0;
    return isMono || this.fill(this.api.sh_spare(channel, 1), right ?? left);
  }

  private fill(offset: number, pcm: Float32Array): boolean {
    if (offset === 0) return false;
    this.floats(offset, pcm.length).set(pcm);
    return true;
  }
}
