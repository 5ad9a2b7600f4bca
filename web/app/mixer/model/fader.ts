// SPDX-License-Identifier: AGPL-3.0-or-later
import { clamp, MAX_DB, OFF_DB } from "../../../engine";

// Where a gain stands on the fader: straight lines between these, finest around 0 dB. The bottom is off.
const LAW: readonly (readonly [db: number, position: number])[] = [
  [OFF_DB, 0],
  [-60, 0.04],
  [-40, 0.13],
  [-24, 0.3],
  [-12, 0.5],
  [-6, 0.63],
  [0, 0.77],
  [6, 0.89],
  [MAX_DB, 1],
];
/** The marks beside a fader. */
export const SCALE_DB: readonly number[] = [12, 6, 0, -6, -12, -24, -40];

type Axis = 0 | 1;

function along(value: number, from: Axis, to: Axis): number {
  const upper = LAW.findIndex((point) => value <= point[from]);
  const b = LAW[upper] ?? LAW[LAW.length - 1];
  const a = LAW[Math.max(0, upper - 1)] ?? b;
  if (a === undefined || b === undefined || a[from] === b[from]) return b?.[to] ?? 0;
  return a[to] + ((value - a[from]) / (b[from] - a[from])) * (b[to] - a[to]);
}

/** 0 (bottom) … 1 (top) of a gain. */
export const positionOf = (gainDb: number): number => along(clamp(gainDb, OFF_DB, MAX_DB), 0, 1);

/** The gain at 0 … 1, in tenths of a dB. */
export function gainAt(position: number): number {
  const gain = along(clamp(position, 0, 1), 1, 0);
  return round(gain, 0.1);
}

export const round = (value: number, step: number): number => Number((Math.round(value / step) * step).toFixed(6));

const MINUS = "\u2212";

/** "−3.2", "+1.0", "0.0", "−∞": with a true minus sign. */
export function formatDb(db: number): string {
  if (db <= OFF_DB) return `${MINUS}∞`;
  const text = Math.abs(db).toFixed(1);
  if (text === "0.0") return text;
  return (db < 0 ? MINUS : "+") + text;
}

/** What a person typed as a gain; undefined if it is none. */
export function parseDb(text: string): number | undefined {
  const plain = text.replaceAll(MINUS, "-").replace(",", ".").replace(/db/i, "").trim();
  if (/^-(∞|inf(inity)?)$/i.test(plain)) return OFF_DB;
  const value = Number(plain);
  return plain === "" || Number.isNaN(value) ? undefined : clamp(value, OFF_DB, MAX_DB);
}

/** "C", "L 22", "R 100". */
export function formatPan(pan: number): string {
  const percent = Math.round(Math.abs(pan) * 100);
  if (percent === 0) return "C";
  return `${pan < 0 ? "L" : "R"} ${percent}`;
}
