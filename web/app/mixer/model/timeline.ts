// SPDX-License-Identifier: AGPL-3.0-or-later
import { SAMPLE_RATE, clamp } from "../../../engine";
import { BEATS_A_BAR, beatFrames, formatShort } from "./time";

/** Part of a song as drawn: how many frames a pixel is, and which frame is at the left edge. */
export interface View {
  readonly framesPerPixel: number;
  readonly startFrame: number;
  readonly widthPixels: number;
}

export interface Tick {
  readonly frame: number;
  readonly label: string;
}

export const MIN_FRAMES_PER_PIXEL = 16;
const LABEL_PIXELS = 64;
const SNAP_PIXELS = 8;
const SECONDS = [0.1, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600];

export const xOf = (frame: number, view: View): number => (frame - view.startFrame) / view.framesPerPixel;
export const frameAt = (x: number, view: View): number => view.startFrame + x * view.framesPerPixel;

/** All of the song, with a little air behind. */
export const fit = (songFrames: number, widthPixels: number): number =>
  Math.max(MIN_FRAMES_PER_PIXEL, (Math.max(songFrames, SAMPLE_RATE) * 1.02) / Math.max(1, widthPixels));

/** Zooms by `factor`, and what is under pixel `x` stays there. */
export function zoom(view: View, factor: number, x: number, songFrames: number): View {
  const widest = fit(songFrames, view.widthPixels);
  const framesPerPixel = clamp(view.framesPerPixel * factor, MIN_FRAMES_PER_PIXEL, widest);
  const startFrame = frameAt(x, view) - x * framesPerPixel;
  return scrolled({ ...view, framesPerPixel }, startFrame, songFrames);
}

/** The same view elsewhere, within the song. */
export function scrolled(view: View, startFrame: number, songFrames: number): View {
  const last = Math.max(0, songFrames * 1.02 - view.widthPixels * view.framesPerPixel);
  return { ...view, startFrame: clamp(startFrame, 0, last) };
}

/** Frames between two marks of the ruler: whole bars if the tempo is known, round seconds otherwise. */
export function tickStep(framesPerPixel: number, tempoBpm: number | undefined): number {
  const least = LABEL_PIXELS * framesPerPixel;
  const beat = beatFrames(tempoBpm);
  if (beat === undefined) return secondsStep(least);
  if (beat >= least) return beat;
  let step = beat * BEATS_A_BAR;
  while (step < least) step *= 2;
  return step;
}

function secondsStep(least: number): number {
  const seconds = SECONDS.find((s) => s * SAMPLE_RATE >= least) ?? 7200;
  return seconds * SAMPLE_RATE;
}

/** The ruler's marks that are in view. */
export function ticks(view: View, tempoBpm: number | undefined): Tick[] {
  const step = tickStep(view.framesPerPixel, tempoBpm);
  const first = Math.floor(view.startFrame / step);
  const last = Math.ceil(frameAt(view.widthPixels, view) / step);
  return Array.from({ length: Math.max(0, last - first) }, (_, i) => {
    const frame = (first + i) * step;
    return { frame, label: tempoBpm === undefined ? formatShort(frame) : barLabel(frame, tempoBpm) };
  });
}

function barLabel(frame: number, tempoBpm: number): string {
  const beats = Math.round(frame / (beatFrames(tempoBpm) ?? 1));
  const bar = Math.floor(beats / BEATS_A_BAR) + 1;
  const beat = (beats % BEATS_A_BAR) + 1;
  return beat === 1 ? String(bar) : `${bar}.${beat}`;
}

/** What a dragged edge sticks to: the grid and these frames, if one is within a few pixels. */
export function snap(frame: number, view: View, tempoBpm: number | undefined, others: readonly number[]): number {
  const grid = beatFrames(tempoBpm) ?? SAMPLE_RATE / 10;
  const candidates = [0, ...others, Math.round(Math.round(frame / grid) * grid)];
  const nearest = candidates.reduce((a, b) => (Math.abs(b - frame) < Math.abs(a - frame) ? b : a));
  return Math.abs(nearest - frame) <= SNAP_PIXELS * view.framesPerPixel ? nearest : Math.round(frame);
}
