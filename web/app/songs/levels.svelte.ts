// SPDX-License-Identifier: AGPL-3.0-or-later
import { parsePeaks, PeaksError } from "../../ui/peaks";
import type { PeaksLink } from "../../client/types";

const sampleRate = 48_000;
// eslint-disable-next-line svelte/prefer-svelte-reactivity -- promises, which nothing is drawn from
const kept = new Map<string, Promise<Float32Array>>();

/** The coarsest waveform with at least `points` points, or else the finest there is. */
export function choosePeaks(links: readonly PeaksLink[], durationS: number, points: number): PeaksLink | undefined {
  const coarseFirst = [...links].sort((a, b) => b.samples_per_pixel - a.samples_per_pixel);
  const enough = coarseFirst.find((link) => (durationS * sampleRate) / link.samples_per_pixel >= points);
  return enough ?? coarseFirst.at(-1);
}

/** A waveform's levels, fetched once: they never change. */
export function loadLevels(url: string): Promise<Float32Array> {
  const known = kept.get(url);
  if (known) return known;
  const loading = fetchLevels(url);
  kept.set(url, loading);
  loading.catch(() => kept.delete(url));
  return loading;
}

async function fetchLevels(url: string): Promise<Float32Array> {
  const response = await fetch(url);
  if (!response.ok) throw new PeaksError(`HTTP ${String(response.status)}`);
  return parsePeaks(await response.arrayBuffer()).levels;
}

/**
 * Follows changing lists of peaks; call it while a component is set up. `current` has one entry per list, undefined
 * until it is there (or if it can't be had: the line then stays flat).
 */
export function followLevels(
  lists: () => readonly (readonly PeaksLink[])[],
  durationS: () => number,
  points: number,
): { readonly current: readonly (Float32Array | undefined)[] } {
  const urls = $derived(lists().map((links) => choosePeaks(links, durationS(), points)?.url ?? ""));
  const key = $derived(urls.join(" "));
  let found = $state.raw<Record<string, Float32Array>>({});
  $effect(() => {
    for (const url of key.split(" ")) {
      if (url === "") continue;
      void loadLevels(url).then(
        (levels) => (found = { ...found, [url]: levels }),
        () => undefined,
      );
    }
  });
  return {
    get current() {
      return urls.map((url) => found[url]);
    },
  };
}
