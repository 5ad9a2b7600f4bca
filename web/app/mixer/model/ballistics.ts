// SPDX-License-Identifier: AGPL-3.0-or-later
import { SILENCE_DB } from "../../../engine";

const FALL_DB_PER_S = 26;
const HOLD_MS = 1200;

/** How one bar of a meter moves: up at once, down slowly, the highest kept for a while. */
export class MeterBallistics {
  peakDb = SILENCE_DB;
  rmsDb = SILENCE_DB;
  holdDb = SILENCE_DB;
  private heldSince = 0;
  private last = 0;

  follow(peakDb: number, rmsDb: number, nowMs: number): void {
    const fallen = (FALL_DB_PER_S * Math.max(0, nowMs - this.last)) / 1000;
    this.last = nowMs;
    this.peakDb = Math.max(peakDb, this.peakDb - fallen, SILENCE_DB);
    this.rmsDb = Math.max(rmsDb, this.rmsDb - fallen, SILENCE_DB);
    if (this.peakDb >= this.holdDb) {
      this.holdDb = this.peakDb;
      this.heldSince = nowMs;
    } else if (nowMs - this.heldSince > HOLD_MS) {
      this.holdDb = Math.max(this.peakDb, this.holdDb - fallen);
    }
  }
}
