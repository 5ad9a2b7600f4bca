// SPDX-License-Identifier: AGPL-3.0-or-later
// What the page, the worklet and the decoding Worker say to each other. `channel` is the engine's channel number; frames are song frames.
import type { Pcm } from "./segment_cache";
import type { ChannelSettings, MasterSettings } from "./settings";

export type PlayState = "stopped" | "buffering" | "playing";

/** At which song frame a change begins to sound; absent: with the next one that is rendered. */
interface Stamped {
  readonly atFrame?: number;
}

export type Command =
  | { readonly kind: "play" }
  | { readonly kind: "stop" }
  | { readonly kind: "seek"; readonly frame: number }
  | { readonly kind: "loop"; readonly start: number; readonly end: number }
  | { readonly kind: "noLoop" }
  | { readonly kind: "offset"; readonly channel: number; readonly offsetFrames: number }
  | {
      readonly kind: "stem";
      readonly channel: number;
      readonly takeId: number;
      readonly stemChannels: 1 | 2;
      /** 0 clears the channel. */
      readonly frames: number;
      readonly offsetFrames: number;
    }
  | ({ readonly kind: "channel"; readonly channel: number; readonly settings: ChannelSettings } & Stamped)
  | { readonly kind: "master"; readonly settings: MasterSettings }
  | { readonly kind: "segment"; readonly segment: SegmentPcm }
  | { readonly kind: "clearLoudness" }
  | { readonly kind: "close" };

/** PCM of one stem segment, lent to the worklet by transfer; it comes back as `returned`. */
export interface SegmentPcm extends Pcm {
  readonly channel: number;
  readonly takeId: number;
  readonly segment: number;
}

/** A segment that the engine wants now. */
export interface Want {
  readonly channel: number;
  readonly segment: number;
  /** Song frames from the position to where it is needed: 0 is now. */
  readonly inFrames: number;
}

/** Commands are numbered; a report says which was the last one it knows of. */
export interface Numbered {
  readonly serial: number;
  readonly command: Command;
}

export type Notice =
  | { readonly kind: "wants"; readonly wants: readonly Want[] }
  | { readonly kind: "returned"; readonly segment: SegmentPcm; readonly accepted: boolean }
  | ({ readonly kind: "report" } & Report)
  | { readonly kind: "ended" };

/** About 30 times a second while the context runs, and at every change of state. */
export interface Report {
  readonly serial: number;
  /** The context's frame at which this was true… */
  readonly contextFrame: number;
  /** …and the song frame that left the engine then. */
  readonly songFrame: number;
  readonly state: PlayState;
  readonly underruns: number;
  /** Four a channel (peak left, right, RMS left, right; linear), then the seven of the master (see Meters). */
  readonly meters: Float32Array<ArrayBuffer>;
}

export const CHANNEL_METERS = 4;
export const MASTER_METERS = 7;

export interface ProcessorOptions {
  readonly module: WebAssembly.Module;
  readonly channels: number;
}

/** To the decoding Worker: the engine first, then files, which it keeps. */
export type DecoderMessage =
  | { readonly kind: "module"; readonly module: WebAssembly.Module }
  | { readonly kind: "decode"; readonly id: number; readonly bytes: ArrayBuffer };

export interface DecodeAnswer {
  readonly id: number;
  /** Absent: not FLAC as stems are, or damaged. */
  readonly pcm: Pcm | undefined;
}
