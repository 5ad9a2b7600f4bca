// SPDX-License-Identifier: AGPL-3.0-or-later
import { parsePeaks, type Peaks } from "../../ui/peaks";

const asked = new Map<string, Promise<Peaks | undefined>>();

/** A waveform, fetched once; undefined if it can't be had. */
export function loadPeaks(url: string): Promise<Peaks | undefined> {
  const before = asked.get(url);
  if (before !== undefined) return before;
  const answer = fetchPeaks(url).catch(() => {
    asked.delete(url);
    return undefined;
  });
  asked.set(url, answer);
  return answer;
}

async function fetchPeaks(url: string): Promise<Peaks | undefined> {
  const response = await fetch(url);
  return response.ok ? parsePeaks(await response.arrayBuffer()) : undefined;
}
