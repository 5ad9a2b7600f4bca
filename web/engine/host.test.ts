// SPDX-License-Identifier: AGPL-3.0-or-later
// @vitest-environment node
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { EngineHost } from "./host";
import type { Command, Notice, Report, SegmentPcm } from "./protocol";
import { CHANNEL_METERS } from "./protocol";
import { QUANTUM, SEGMENT_FRAMES } from "./units";

const root = resolve(import.meta.dirname, "../..");
const wasm = [process.env.SOUNDHUB_ENGINE_WASM, "build/release/dsp/engine.wasm", "build/dev/dsp/engine.wasm"]
  .flatMap((path) => (path ? [resolve(root, path)] : []))
  .find((path) => existsSync(path));

const BLOCK = 128;
let notices: Notice[];
let host: EngineHost;
let serial: number;
let contextFrame: number;

const give = (command: Command): void => host.obey({ serial: ++serial, command }, contextFrame);
const wants = () => notices.findLast((n) => n.kind === "wants")?.wants ?? [];
const lastReport = (): Report => {
  const report = notices.findLast((n) => n.kind === "report");
  if (report === undefined) throw new Error("no report");
  return report;
};

function render(frames: number): Float32Array {
  const out = new Float32Array(frames);
  for (let done = 0; done < frames; done += BLOCK) {
    const left = new Float32Array(BLOCK);
    host.render(left, new Float32Array(BLOCK), contextFrame);
    out.set(left, done);
    contextFrame += BLOCK;
  }
  return out;
}

/** A mono stem that is `level` all along. */
function open(channel: number, frames: number, offsetFrames = 0): void {
  give({ kind: "stem", channel, takeId: 7 + channel, stemChannels: 1, frames, offsetFrames });
}

function pcm(channel: number, segment: number, frames: number, level = 0.5): SegmentPcm {
  return { channel, takeId: 7 + channel, segment, left: new Float32Array(frames).fill(level), right: undefined };
}

const feed = (segment: SegmentPcm): void => give({ kind: "segment", segment });
const loudest = (samples: Float32Array): number => samples.reduce((a, b) => Math.max(a, Math.abs(b)), 0);

function newHost(): void {
  if (wasm === undefined) return;
  notices = [];
  serial = 0;
  contextFrame = 0;
  host = new EngineHost(new WebAssembly.Module(readFileSync(wasm)), 8, (notice) => notices.push(notice));
}
beforeEach(newHost);

// The engine is built by CMake (target dsp_wasm); script/test builds it first.
describe.skipIf(wasm === undefined)("the engine in its host", () => {
  test("asks for the first two segments as soon as it knows a stem, without rendering", () => {
    open(0, 3 * SEGMENT_FRAMES);
    expect(wants()).toEqual([
      { channel: 0, segment: 0, inFrames: 0 },
      { channel: 0, segment: 1, inFrames: SEGMENT_FRAMES },
    ]);
  });

  test("a stem that begins later in the song is wanted later", () => {
    open(0, SEGMENT_FRAMES);
    open(1, SEGMENT_FRAMES, 10_000);
    expect(wants()).toContainEqual({ channel: 1, segment: 0, inFrames: 10_000 });
  });

  test("waits silently for the first segment, then plays from the first frame", () => {
    open(0, SEGMENT_FRAMES);
    give({ kind: "play" });
    expect(loudest(render(4096))).toBe(0);
    expect(lastReport().state).toBe("buffering");
    feed(pcm(0, 0, SEGMENT_FRAMES));
    expect(loudest(render(4096))).toBeGreaterThan(0.3);
    expect(lastReport().state).toBe("playing");
    expect(lastReport().underruns).toBe(0);
  });

  test("gives the memory of a segment back, and says whether it was taken", () => {
    open(0, SEGMENT_FRAMES);
    feed(pcm(0, 0, SEGMENT_FRAMES));
    feed(pcm(0, 0, SEGMENT_FRAMES));
    const returned = notices.filter((n) => n.kind === "returned").map((n) => n.accepted);
    expect(returned).toEqual([true, false]);
  });

  test("doesn't play a segment of a take that has been replaced", () => {
    open(0, SEGMENT_FRAMES);
    const old = pcm(0, 0, SEGMENT_FRAMES);
    give({ kind: "stem", channel: 0, takeId: 99, stemChannels: 1, frames: SEGMENT_FRAMES, offsetFrames: 0 });
    feed(old);
    expect(notices.findLast((n) => n.kind === "returned")?.accepted).toBe(false);
  });

  test("pauses where a segment misses and goes on when it has come, without an underrun", () => {
    open(0, 2 * SEGMENT_FRAMES);
    feed(pcm(0, 0, SEGMENT_FRAMES));
    give({ kind: "play" });
    render(SEGMENT_FRAMES + BLOCK * 10);
    expect(lastReport().state).toBe("buffering");
    const stoppedAt = lastReport().songFrame;
    expect(stoppedAt).toBeLessThan(SEGMENT_FRAMES);
    feed(pcm(0, 1, SEGMENT_FRAMES));
    render(8192);
    expect(lastReport()).toMatchObject({ state: "playing", underruns: 0 });
    expect(lastReport().songFrame).toBeGreaterThan(stoppedAt);
  });

  test("stops at the end of the song and says so, once", () => {
    open(0, 4800);
    feed(pcm(0, 0, 4800));
    give({ kind: "play" });
    render(24_064);
    expect(notices.filter((n) => n.kind === "ended")).toHaveLength(1);
    expect(lastReport()).toMatchObject({ state: "stopped", songFrame: 4800 });
  });

  test("a loop to the end of the song goes on", () => {
    open(0, 9600);
    feed(pcm(0, 0, 9600));
    give({ kind: "loop", start: 0, end: 9600 });
    give({ kind: "play" });
    render(38_400);
    expect(notices.some((n) => n.kind === "ended")).toBe(false);
    expect(lastReport().state).toBe("playing");
  });

  test("a loop of half a second across two segments goes round without a pause or a silent frame", () => {
    const half = 12_000;
    open(0, 2 * SEGMENT_FRAMES);
    open(1, 2 * SEGMENT_FRAMES, 5_000);
    for (const channel of [0, 1]) for (const segment of [0, 1]) feed(pcm(channel, segment, SEGMENT_FRAMES));
    give({ kind: "loop", start: SEGMENT_FRAMES - half, end: SEGMENT_FRAMES + half });
    give({ kind: "seek", frame: SEGMENT_FRAMES - half });
    give({ kind: "play" });
    render(4096);
    const before = notices.length;
    const heard = render(20 * 2 * half + 128 - ((20 * 2 * half) % 128));
    expect(heard.filter((sample) => Math.abs(sample) < 0.1)).toHaveLength(0);
    const later = notices.slice(before);
    expect(later.filter((n) => n.kind === "report" && n.state !== "playing")).toHaveLength(0);
    expect(later.filter((n) => n.kind === "wants")).toHaveLength(0);
    expect(lastReport().underruns).toBe(0);
  });

  test("a loop that begins and ends just outside of whole segments goes round without a pause", () => {
    const start = 2 * SEGMENT_FRAMES - 2_400; // the last 50 ms of one segment, a whole one, 50 ms of a third
    const end = 3 * SEGMENT_FRAMES + 2_400;
    const serve = (): void => {
      for (const { channel, segment } of wants()) {
        const key = `${channel}:${segment}`;
        if (!served.has(key)) feed(pcm(channel, segment, SEGMENT_FRAMES));
        served.add(key);
      }
    };
    const served = new Set<string>();
    open(0, 8 * SEGMENT_FRAMES);
    give({ kind: "loop", start, end });
    give({ kind: "seek", frame: start });
    serve();
    expect([...served].sort()).toEqual(["0:1", "0:2", "0:3"]);
    give({ kind: "play" });
    render(4096);
    const before = notices.length;
    for (let lap = 0; lap < 4; ++lap) {
      const heard = render(end - start - ((end - start) % BLOCK) + BLOCK);
      expect(heard.filter((sample) => Math.abs(sample) < 0.1)).toHaveLength(0);
    }
    const later = notices.slice(before);
    expect(later.filter((n) => n.kind === "report" && n.state !== "playing")).toHaveLength(0);
    expect(later.filter((n) => n.kind === "wants" && n.wants.length > 0)).toHaveLength(0);
    expect(lastReport().underruns).toBe(0);
  });

  test("a nudge while it plays goes on with the segments that are there", () => {
    open(0, 2 * SEGMENT_FRAMES);
    feed(pcm(0, 0, SEGMENT_FRAMES));
    feed(pcm(0, 1, SEGMENT_FRAMES));
    give({ kind: "seek", frame: 48_000 });
    give({ kind: "play" });
    render(8192);
    const before = notices.length;
    for (let nudge = 1; nudge <= 20; ++nudge) {
      give({ kind: "offset", channel: 0, offsetFrames: nudge * 48 });
      expect(render(1024).filter((sample) => Math.abs(sample) < 0.1)).toHaveLength(0);
    }
    const later = notices.slice(before);
    expect(later.filter((n) => n.kind === "report" && n.state !== "playing")).toHaveLength(0);
    expect(later.filter((n) => n.kind === "wants")).toHaveLength(0);
  });

  test("a nudge moves the stem by exactly that many frames", () => {
    const ramp = Float32Array.from({ length: SEGMENT_FRAMES }, (_, i) => i / SEGMENT_FRAMES);
    const opened = (offset: number): Float32Array => {
      newHost();
      open(0, SEGMENT_FRAMES);
      give({ kind: "offset", channel: 0, offsetFrames: offset });
      feed({ channel: 0, takeId: 7, segment: 0, left: ramp.slice(), right: undefined });
      give({ kind: "play" });
      return render(9600);
    };
    const plain = opened(0);
    expect(opened(300).slice(4300, 9600)).toEqual(plain.slice(4000, 9300));
  });

  test("a seek asks for what is there", () => {
    open(0, 10 * SEGMENT_FRAMES);
    feed(pcm(0, 0, SEGMENT_FRAMES));
    give({ kind: "seek", frame: 7 * SEGMENT_FRAMES + 100 });
    expect(
      wants()
        .map((w) => w.segment)
        .sort(),
    ).toEqual([7, 8]);
    expect(lastReport().songFrame).toBe(7 * SEGMENT_FRAMES + 100);
  });

  test("a mute is silence, and its meter falls", () => {
    open(0, SEGMENT_FRAMES);
    feed(pcm(0, 0, SEGMENT_FRAMES));
    give({ kind: "play" });
    render(4096);
    const settings = { gainDb: 0, pan: 0, muted: true, soloed: false, offsetFrames: 0 };
    give({ kind: "channel", channel: 0, settings });
    render(8192);
    expect(loudest(render(4096))).toBe(0);
    expect(lastReport().meters[0 * CHANNEL_METERS]).toBe(0);
  });

  test("takes any render quantum that is a multiple of 64, and no other", () => {
    const of = (frames: number) => () => host.render(new Float32Array(frames), new Float32Array(frames), 0);
    for (const frames of [QUANTUM, 128, 256, 4096, 8192]) expect(of(frames)).not.toThrow();
    expect(of(100)).toThrow(RangeError);
  });
});
