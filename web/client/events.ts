// SPDX-License-Identifier: AGPL-3.0-or-later
import { requestHeaders } from "./api";
import { StreamParser } from "./sse";
import type { SongEvent } from "./types";

export interface EventSink {
  onEvent: (name: string, event: SongEvent) => void;
  /** The stream broke or stands again; it is asked for again by itself. */
  onConnection?: (connected: boolean) => void;
}

const firstPauseMs = 500;
const longestPauseMs = 15_000;

/**
 * Tells what happens to a song, from after event `after` on, over any number of broken connections. fetch and not
 * EventSource, which can't send the id it begins after. Returns what ends it.
 */
export function followSong(songId: number, after: number | undefined, sink: EventSink): () => void {
  const ending = new AbortController();
  void run(songId, after === undefined ? "" : String(after), sink, ending.signal);
  return () => ending.abort();
}

async function run(songId: number, after: string, sink: EventSink, ending: AbortSignal): Promise<void> {
  let last = after;
  let pause = firstPauseMs;
  while (!ending.aborted) {
    try {
      const response = await open(songId, last, ending);
      if (!response.ok && response.status < 500 && response.status !== 429) return;
      if (response.ok && response.body) {
        sink.onConnection?.(true);
        pause = firstPauseMs;
        last = await read(response.body, last, sink);
      }
    } catch (error) {
      if (!(error instanceof TypeError) && !(error instanceof DOMException)) throw error;
    }
    if (wasEnded(ending)) return;
    sink.onConnection?.(false);
    await sleep(pause, ending);
    pause = Math.min(pause * 2, longestPauseMs);
  }
}

/** A call, since it may have become true while we waited. */
const wasEnded = (ending: AbortSignal): boolean => ending.aborted;

function open(songId: number, last: string, signal: AbortSignal): Promise<Response> {
  const headers: Record<string, string> = { ...requestHeaders, Accept: "text/event-stream" };
  if (last !== "") headers["Last-Event-ID"] = last;
  return fetch(`/api/v1/events?song=${String(songId)}`, { headers, signal, cache: "no-store" });
}

/** Reads to the end of the stream, or its breaking; the id of the last event heard. */
async function read(body: ReadableStream<Uint8Array>, from: string, sink: EventSink): Promise<string> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const parser = new StreamParser();
  let last = from;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return last;
      for (const message of parser.push(decoder.decode(value, { stream: true }))) {
        last = message.id || last;
        sink.onEvent(message.event, JSON.parse(message.data) as SongEvent);
      }
    }
  } catch (error) {
    if (error instanceof TypeError || error instanceof DOMException) return last;
    throw error;
  }
}

/** Waits; not when the network comes back or the end has come. */
function sleep(ms: number, ending: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const wake = (): void => {
      clearTimeout(timer);
      removeEventListener("online", wake);
      ending.removeEventListener("abort", wake);
      resolve();
    };
    const timer = setTimeout(wake, ms);
    addEventListener("online", wake);
    ending.addEventListener("abort", wake);
  });
}
