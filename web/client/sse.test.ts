// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, it } from "vitest";
import { StreamParser } from "./sse";

const stream = 'retry: 1000\n\n: still here\n\nid: 7\nevent: take.ready\ndata: {"song_id":1}\n\ndata: a\ndata:b\n\n';

describe("StreamParser", () => {
  it("gives messages with the last id, and nothing for comments", () => {
    expect(new StreamParser().push(stream)).toEqual([
      { id: "7", event: "take.ready", data: '{"song_id":1}' },
      { id: "7", event: "message", data: "a\nb" },
    ]);
  });
  it("doesn't care where the network cuts", () => {
    for (const text of [stream, stream.replaceAll("\n", "\r\n"), stream.replaceAll("\n", "\r")]) {
      const parser = new StreamParser();
      const messages = Array.from(text).flatMap((letter) => parser.push(letter));
      expect(messages).toEqual(new StreamParser().push(stream));
    }
  });
  it("keeps an unfinished message to itself", () => {
    expect(new StreamParser().push("id: 9\ndata: half\n")).toEqual([]);
  });
});
