// SPDX-License-Identifier: AGPL-3.0-or-later
import { SegmentUnavailable, type FeederPorts } from "./feeder";

/** Where a segment of a take's stem is. */
export type SegmentUrl = (takeId: number, segment: number) => string;

export const apiSegmentUrl: SegmentUrl = (takeId, segment) => `/api/v1/takes/${takeId}/segments/${segment}`;

const isHopeless = (status: number): boolean => status >= 400 && status < 500 && status !== 408 && status !== 429;

async function fetchSegment(url: string, signal: AbortSignal): Promise<ArrayBuffer> {
  const response = await fetch(url, { signal });
  if (isHopeless(response.status)) throw new SegmentUnavailable(`${url}: HTTP ${response.status}`);
  if (!response.ok) throw new Error(`${url}: HTTP ${response.status}`);
  return response.arrayBuffer();
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(new DOMException("no longer wanted", "AbortError"));
    });
  });
}

/** The feeder's world in a browser. */
export function browserPorts(
  url: SegmentUrl,
  decode: FeederPorts["decode"],
  deliver: FeederPorts["deliver"],
  giveUp: FeederPorts["giveUp"],
): FeederPorts {
  return {
    fetchSegment: (takeId, segment, signal) => fetchSegment(url(takeId, segment), signal),
    decode,
    deliver,
    giveUp,
    wait,
  };
}
