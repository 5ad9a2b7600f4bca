// SPDX-License-Identifier: AGPL-3.0-or-later
import { beforeEach, expect, test } from "vitest";
import { Feeder, SegmentUnavailable, type FeederPorts } from "./feeder";
import type { SegmentPcm } from "./protocol";
import type { Pcm } from "./segment_cache";
import { SEGMENT_FRAMES } from "./units";

interface Request {
  readonly name: string;
  readonly signal: AbortSignal;
  answer(frames: number): void;
  fail(error: Error): void;
}

const BYTES_OF_ONE = SEGMENT_FRAMES * 4;
let requests: Request[];
let delivered: SegmentPcm[];
let givenUp: number[];
let waited: number[];
let lengths: number[];

const settle = () => new Promise((resolve) => setImmediate(resolve));
const names = (list: readonly SegmentPcm[]) => list.map((s) => `${s.takeId}:${s.segment}`);
const request = (name: string): Request => {
  const found = requests.findLast((r) => r.name === name);
  if (found === undefined) throw new Error(`${name} was not asked for`);
  return found;
};

/** The network and the decoder, played by the test. */
const ports: FeederPorts = {
  fetchSegment: (takeId, segment, signal) =>
    new Promise((resolve, reject) => {
      signal.addEventListener("abort", () => reject(new DOMException("", "AbortError")));
      requests.push({
        name: `${takeId}:${segment}`,
        signal,
        answer: (frames) => {
          lengths.push(frames);
          resolve(new ArrayBuffer(1));
        },
        fail: reject,
      });
    }),
  decode: (): Promise<Pcm> => Promise.resolve({ left: new Float32Array(lengths.shift() ?? 0), right: undefined }),
  deliver: (segment) => delivered.push(segment),
  giveUp: (takeId) => givenUp.push(takeId),
  wait: (ms) => {
    waited.push(ms);
    return Promise.resolve();
  },
};

function feederOf(parts: number, cacheBytes?: number): Feeder {
  const feeder = new Feeder(ports, cacheBytes);
  for (let c = 0; c < parts; ++c) feeder.setStem(c, { takeId: 100 + c, frames: 10 * SEGMENT_FRAMES });
  return feeder;
}

const want = (channel: number, segment: number, inFrames = 0) => ({ channel, segment, inFrames });

beforeEach(() => {
  requests = [];
  delivered = [];
  givenUp = [];
  waited = [];
  lengths = [];
});

test("a wanted segment is fetched, decoded and lent to the engine", async () => {
  const feeder = feederOf(1);
  feeder.want([want(0, 3)]);
  request("100:3").answer(SEGMENT_FRAMES);
  await settle();
  expect(delivered).toMatchObject([{ channel: 0, takeId: 100, segment: 3 }]);
  expect(delivered[0]?.left).toHaveLength(SEGMENT_FRAMES);
});

test("three are fetched at once, the rest when one is done", async () => {
  const feeder = feederOf(6);
  feeder.want([0, 1, 2, 3, 4, 5].map((c) => want(c, 0)));
  expect(requests.map((r) => r.name)).toEqual(["100:0", "101:0", "102:0"]);
  request("102:0").answer(SEGMENT_FRAMES);
  await settle();
  expect(requests.at(-1)?.name).toBe("103:0");
});

test("a seek gives up what is no longer wanted and asks for the new place at once", async () => {
  const feeder = feederOf(2);
  feeder.want([want(0, 0), want(1, 0)]);
  feeder.want([want(0, 8), want(1, 8)]);
  expect(request("100:0").signal.aborted).toBe(true);
  expect(requests.map((r) => r.name)).toContain("100:8");
  await settle();
  expect(delivered).toEqual([]);
  expect(givenUp).toEqual([]);
});

test("going back to what was played is instant: it is lent again without a request", async () => {
  const feeder = feederOf(1);
  feeder.want([want(0, 0)]);
  request("100:0").answer(SEGMENT_FRAMES);
  await settle();
  const [first] = delivered;
  if (first !== undefined) feeder.returned(first, true);
  feeder.want([want(0, 0)]);
  expect(names(delivered)).toEqual(["100:0", "100:0"]);
  expect(requests).toHaveLength(1);
});

test("what was played is kept only as long as there is room", async () => {
  const feeder = feederOf(1, BYTES_OF_ONE);
  for (const segment of [0, 1]) {
    feeder.want([want(0, segment)]);
    request(`100:${segment}`).answer(SEGMENT_FRAMES);
    await settle();
    const last = delivered.at(-1);
    if (last !== undefined) feeder.returned(last, true);
  }
  feeder.want([want(0, 0)]);
  expect(requests.map((r) => r.name)).toEqual(["100:0", "100:1", "100:0"]);
});

test("a segment that the engine holds in its hands is not fetched twice", async () => {
  const feeder = feederOf(1);
  feeder.want([want(0, 0)]);
  request("100:0").answer(SEGMENT_FRAMES);
  await settle();
  feeder.want([want(0, 0)]);
  expect(requests).toHaveLength(1);
  expect(delivered).toHaveLength(1);
});

test("a broken connection is tried again, each time after a longer wait", async () => {
  const feeder = feederOf(1);
  feeder.want([want(0, 0)]);
  request("100:0").fail(new Error("reset"));
  await settle();
  request("100:0").fail(new Error("reset"));
  await settle();
  request("100:0").answer(SEGMENT_FRAMES);
  await settle();
  expect(names(delivered)).toEqual(["100:0"]);
  expect(waited).toHaveLength(2);
  expect(waited[1]).toBeGreaterThanOrEqual(waited[0] ?? Infinity);
});

test("a segment that doesn't exist silences its take, once, and is not asked for again", async () => {
  const feeder = feederOf(2);
  feeder.want([want(0, 0), want(0, 1), want(1, 0)]);
  request("100:0").fail(new SegmentUnavailable("404"));
  await settle();
  feeder.want([want(0, 0), want(1, 0)]);
  expect(givenUp).toEqual([100]);
  expect(requests.filter((r) => r.name === "100:0")).toHaveLength(1);
  expect(request("101:0").signal.aborted).toBe(false);
});

test("a segment of the wrong length is not played", async () => {
  const feeder = feederOf(1);
  feeder.want([want(0, 0)]);
  request("100:0").answer(SEGMENT_FRAMES - 1);
  await settle();
  expect(delivered).toEqual([]);
  expect(givenUp).toEqual([100]);
});

test("another take on a channel is fetched though the engine asks for the same segment", async () => {
  const feeder = feederOf(1);
  feeder.want([want(0, 0)]);
  feeder.setStem(0, { takeId: 200, frames: SEGMENT_FRAMES });
  expect(request("100:0").signal.aborted).toBe(true);
  request("200:0").answer(SEGMENT_FRAMES);
  await settle();
  expect(names(delivered)).toEqual(["200:0"]);
});

test("a closed feeder gives up everything", async () => {
  const feeder = feederOf(1);
  feeder.want([want(0, 0)]);
  feeder.close();
  await settle();
  expect(request("100:0").signal.aborted).toBe(true);
  expect(delivered).toEqual([]);
});
