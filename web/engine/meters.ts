// SPDX-License-Identifier: AGPL-3.0-or-later
import { CHANNEL_METERS, MASTER_METERS } from "./protocol";
import { SILENCE_DB } from "./units";

/** Linear levels of a strip, after fader and pan; peaks are since the last report. */
export interface ChannelMeter {
  readonly peakLeft: number;
  readonly peakRight: number;
  readonly rmsLeft: number;
  readonly rmsRight: number;
}

/** Of the output, after the limiter. Levels below SILENCE_DB mean: nothing yet. */
export interface MasterMeter {
  readonly peakLeft: number;
  readonly peakRight: number;
  readonly truePeakDbtp: number;
  readonly momentaryLufs: number;
  readonly shortTermLufs: number;
  readonly integratedLufs: number;
  readonly gainReductionDb: number;
}

/** The last report's levels; read as often as one draws. */
export class Meters {
  private values: Float32Array;

  constructor(private readonly channels: number) {
    this.values = new Float32Array(channels * CHANNEL_METERS + MASTER_METERS);
    this.values.set([0, 0, SILENCE_DB, SILENCE_DB, SILENCE_DB, SILENCE_DB, 0], channels * CHANNEL_METERS);
  }

  take(values: Float32Array): void {
    this.values = values;
  }

  channel(channel: number): ChannelMeter {
    const at = channel * CHANNEL_METERS;
    return { peakLeft: this.at(at), peakRight: this.at(at + 1), rmsLeft: this.at(at + 2), rmsRight: this.at(at + 3) };
  }

  master(): MasterMeter {
    const at = this.channels * CHANNEL_METERS;
    return {
      peakLeft: this.at(at),
      peakRight: this.at(at + 1),
      truePeakDbtp: this.at(at + 2),
      momentaryLufs: this.at(at + 3),
      shortTermLufs: this.at(at + 4),
      integratedLufs: this.at(at + 5),
      gainReductionDb: this.at(at + 6),
    };
  }

  private at(index: number): number {
    return this.values[index] ?? 0;
  }
}
