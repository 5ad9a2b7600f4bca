// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, it } from "vitest";
import { ago, bytes, clock, decibels, initials, musicalKey, percent, tempo } from "./format";

describe("format", () => {
  it.each([
    [0, "0:00"],
    [59.99, "0:59"],
    [83.4, "1:23"],
    [3600, "1:00:00"],
    [NaN, "0:00"],
    [Infinity, "0:00"],
  ])("shows %d s as %s", (seconds, text) => expect(clock(seconds)).toBe(text));
  it.each([
    [-14.23, "\u221214.2 dB"],
    [-0.01, "0.0 dB"],
    [3, "3.0 dB"],
    [-90, "\u2212\u221e dB"],
    [-Infinity, "\u2212\u221e dB"],
  ])("shows a gain of %d as %s", (value, text) => expect(decibels(value)).toBe(text));
  it.each([
    [92, "92 BPM"],
    [92.5, "92.5 BPM"],
    [119.999, "120 BPM"],
  ])("shows a tempo of %d as %s", (bpm, text) => expect(tempo(bpm)).toBe(text));
  it.each([
    [999, "999 B"],
    [1234, "1.2 kB"],
    [56_000_000, "56 MB"],
    [3.2e9, "3.2 GB"],
  ])("shows %d bytes as %s", (size, text) => expect(bytes(size)).toBe(text));
  it("writes keys with real accidentals", () => {
    expect(musicalKey("Eb")).toBe("E\u266d");
    expect(musicalKey("F#m")).toBe("F\u266fm");
    expect(musicalKey("Bm")).toBe("Bm");
  });
  it("never says a hundred per cent too early", () => {
    expect(percent(0.999)).toBe("99%");
    expect(percent(1.2)).toBe("100%");
  });
  it("tells time in the reader's language", () => {
    const now = Date.parse("2026-11-22T12:00:00Z");
    expect(ago("2026-11-22T11:48:00Z", "en", now)).toBe("12 minutes ago");
    expect(ago("2026-11-22T09:00:00Z", "ko", now)).toBe("3시간 전");
    expect(ago("2026-11-22T11:59:50Z", "en", now)).toBe("now");
  });
  it("shortens names as their script does", () => {
    expect(initials("류성두")).toBe("성두");
    expect(initials("Maya Lind")).toBe("ML");
    expect(initials("heepie")).toBe("H");
  });
});
