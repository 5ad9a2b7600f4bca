// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Report } from "./protocol";

export interface Loop {
  readonly start: number;
  readonly end: number;
}

type Moment = Pick<Report, "serial" | "contextFrame" | "songFrame" | "state">;

const KEPT = 16; // half a second of reports: more than any output's latency that one would still play to

/** Where the song is, as heard: reports say what left the engine, the speakers are a little behind. */
export class Playhead {
  private moments: Moment[] = [];
  private jump: { readonly serial: number; readonly songFrame: number } | undefined;
  private loop: Loop | undefined;

  /** Until the engine has obeyed command `serial`, the position is where it will go. */
  jumpTo(songFrame: number, serial: number): void {
    this.jump = { songFrame, serial };
  }

  setLoop(loop: Loop | undefined): void {
    this.loop = loop;
  }

  push(report: Moment): void {
    if (this.jump !== undefined && report.serial >= this.jump.serial) {
      this.jump = undefined;
      this.moments = [];
    }
    const { serial, contextFrame, songFrame, state } = report;
    this.moments.push({ serial, contextFrame, songFrame, state });
    if (this.moments.length > KEPT) this.moments.shift();
  }

  /** The song frame that sounds when the output is at `outputFrame` of the context's time. */
  at(outputFrame: number): number {
    if (this.jump !== undefined) return this.jump.songFrame;
    const moment = this.moments.findLast((m) => m.contextFrame <= outputFrame) ?? this.moments[0];
    if (moment === undefined) return 0;
    if (moment.state !== "playing") return moment.songFrame;
    const since = Math.max(0, outputFrame - moment.contextFrame);
    return Math.max(0, this.wrapped(moment.songFrame, moment.songFrame + since));
  }

  private wrapped(from: number, to: number): number {
    if (this.loop === undefined || from >= this.loop.end || to < this.loop.end) return to;
    return this.loop.start + ((to - this.loop.end) % (this.loop.end - this.loop.start));
  }
}
