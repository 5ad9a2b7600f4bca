// SPDX-License-Identifier: AGPL-3.0-or-later
import { SAMPLE_RATE, framesOfMs, msOfFrames } from "../../../engine";

export const BEATS_A_BAR = 4;

/** Frames of a beat; undefined if the tempo isn't known. */
export const beatFrames = (tempoBpm: number | undefined): number | undefined =>
  tempoBpm === undefined ? undefined : (SAMPLE_RATE * 60) / tempoBpm;

const two = (n: number): string => String(n).padStart(2, "0");

/** "0:01:32.480". */
export function formatTime(frames: number): string {
  const ms = Math.floor(msOfFrames(Math.max(0, frames)) + 1e-6);
  const s = Math.floor(ms / 1000);
  return `${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}.${String(ms % 1000).padStart(3, "0")}`;
}

/** "1:32"; for rulers. */
export function formatShort(frames: number): string {
  const s = Math.round(Math.max(0, frames) / SAMPLE_RATE);
  const minutes = Math.floor(s / 60);
  return minutes < 60 ? `${minutes}:${two(s % 60)}` : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(s % 60)}`;
}

/** "36.2": bar and beat, both from 1. */
export function formatBar(frames: number, tempoBpm: number): string {
  const beats = Math.floor(Math.max(0, frames) / ((SAMPLE_RATE * 60) / tempoBpm) + 1e-9);
  return `${Math.floor(beats / BEATS_A_BAR) + 1}.${(beats % BEATS_A_BAR) + 1}`;
}

/** "+12.000", "−0.021": an offset in milliseconds. */
export function formatOffset(frames: number): string {
  const text = Math.abs(msOfFrames(frames))
    .toFixed(3)
    .replace(/\.?0+$/, "");
  if (frames === 0) return "0";
  return (frames < 0 ? "\u2212" : "+") + text;
}

/** What a person typed as an offset: "12", "12 ms", "-0,5 s", "480 samples". Frames; undefined if it is none. */
export function parseOffset(text: string, unit: "ms" | "samples" = "ms"): number | undefined {
  const plain = text.replaceAll("\u2212", "-").replace(",", ".").trim().toLowerCase();
  const match = /^([+-]?\d*\.?\d+)\s*(ms|s|smp|samples?|샘플)?$/.exec(plain);
  if (match === null) return undefined;
  const value = Number(match[1]);
  const spoken = match[2] ?? unit;
  if (spoken === "ms") return framesOfMs(value);
  return spoken === "s" ? framesOfMs(value * 1000) : Math.round(value);
}
