// SPDX-License-Identifier: AGPL-3.0-or-later
import type { PeaksLink } from "../../../client/types";
import { barStep } from "../../../ui/draw";
import type { Peaks } from "../../../ui/peaks";

const QUIETEST_SCALE = 0.12; // a very soft recording stays visibly soft

/** The coarsest waveform that still has a few values a bar. */
export function bestPeaks(links: readonly PeaksLink[], framesPerPixel: number): PeaksLink | undefined {
  const byDetail = [...links].sort((a, b) => b.samples_per_pixel - a.samples_per_pixel);
  return byDetail.find((link) => link.samples_per_pixel * 2 <= barStep * framesPerPixel) ?? byDetail.at(-1);
}

/** What loudness is drawn full height. */
export function scaleOf(peaks: Peaks): number {
  const loudest = peaks.levels.reduce((a, b) => Math.max(a, b), 0);
  return 1 / Math.max(loudest, QUIETEST_SCALE);
}

/** The level of the bar that stands for these frames: between mean and peak, for peaks alone make a brick. */
export function levelBetween(peaks: Peaks, from: number, to: number): number {
  const first = Math.max(0, Math.floor(from / peaks.samplesPerPixel));
  const end = Math.min(peaks.levels.length, Math.max(first + 1, Math.ceil(to / peaks.samplesPerPixel)));
  let sum = 0;
  let peak = 0;
  for (let i = first; i < end; ++i) {
    const level = peaks.levels[i] ?? 0;
    sum += level;
    peak = Math.max(peak, level);
  }
  return end > first ? (sum / (end - first)) * 0.6 + peak * 0.4 : 0;
}
