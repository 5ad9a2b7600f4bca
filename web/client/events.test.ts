// SPDX-License-Identifier: AGPL-3.0-or-later
import { afterEach, describe, expect, it, vi } from "vitest";
import { followSong } from "./events";

const stream = (text: string, then: "ends" | "breaks"): Response =>
  new Response(
    new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode(text));
        if (then === "ends") controller.close();
      },
      pull(controller) {
        if (then === "breaks") controller.error(new TypeError("network error"));
      },
    }),
  );

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe("followSong", () => {
  it("begins after the given event and goes on after the last one heard when the connection breaks", async () => {
    vi.useFakeTimers();
    const asked: string[] = [];
    const answers = [
      stream('id: 12\nevent: take.progress\ndata: {"song_id":1}\n\n', "breaks"),
      stream('id: 13\nevent: take.ready\ndata: {"song_id":1}\n\n', "ends"),
    ];
    vi.stubGlobal("fetch", (_url: string, init: RequestInit) => {
      asked.push(new Headers(init.headers).get("Last-Event-ID") ?? "");
      const answer = answers.shift();
      return answer ? Promise.resolve(answer) : new Promise(() => undefined);
    });
    const heard: string[] = [];
    const connected: boolean[] = [];
    const stop = followSong(1, 11, {
      onEvent: (name) => heard.push(name),
      onConnection: (now) => connected.push(now),
    });
    await vi.advanceTimersByTimeAsync(2000);
    stop();
    expect(heard).toEqual(["take.progress", "take.ready"]);
    expect(asked).toEqual(["11", "12", "13"]);
    expect(connected).toEqual([true, false, true, false]);
  });
  it("stops asking when it is refused", async () => {
    const fetched = vi.fn(() => Promise.resolve(new Response("", { status: 404 })));
    vi.stubGlobal("fetch", fetched);
    vi.useFakeTimers();
    const stop = followSong(1, undefined, { onEvent: vi.fn() });
    await vi.advanceTimersByTimeAsync(60_000);
    stop();
    expect(fetched).toHaveBeenCalledTimes(1);
  });
});
