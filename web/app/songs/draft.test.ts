// SPDX-License-Identifier: AGPL-3.0-or-later
import { beforeEach, describe, expect, it } from "vitest";
import { draftProblems, dropDraft, emptyDraft, loadDraft, newSong, parseKey, parseTempo, saveDraft } from "./draft";

const complete = { ...emptyDraft(), title: " Rain ", genre: "pop", instrument: "guitar", tempo: "92,5" } as const;

describe("a draft", () => {
  beforeEach(() => localStorage.clear());

  it("survives a reload", () => {
    const draft = { ...complete, upload: { id: "u", name: "a.wav", sizeBytes: 3 }, seats: [] };
    saveDraft(draft);
    expect(loadDraft()).toEqual(draft);
  });
  it("is gone when the song is up", () => {
    saveDraft({ ...complete, seats: [] });
    dropDraft();
    expect(loadDraft()).toEqual(emptyDraft());
    expect(localStorage).toHaveLength(0);
  });
  it.each(["{", "[]", "7", '{"genre":"noise"}', '{"seats":[{"instrument":"kazoo","note":""}]}', '{"seats":null}'])(
    "is empty if what was kept is not one: %s",
    (kept) => {
      localStorage.setItem("soundhub.draft", kept);
      expect(loadDraft()).toEqual(emptyDraft());
    },
  );
  it("names what is missing by the API's names", () => {
    expect(Object.keys(draftProblems(emptyDraft(), false)).sort()).toEqual([
      "genre",
      "instrument",
      "title",
      "upload_id",
    ]);
    expect(draftProblems({ ...complete, seats: [] }, true)).toEqual({});
    expect(draftProblems({ ...complete, seats: [], tempo: "fast" }, true)).toEqual({ tempo_bpm: "song.tempo_invalid" });
  });
  it("becomes what the API takes, leaving out what was left empty", () => {
    const song = newSong({ ...complete, seats: [{ instrument: "drums", note: " soft " }] }, "u1", undefined);
    expect(song).toEqual({
      title: "Rain",
      instrument: "guitar",
      genre: "pop",
      licence: "cc-by-sa-4.0",
      text: "",
      tempo_bpm: 92.5,
      seats: [{ instrument: "drums", note: "soft" }],
      upload_id: "u1",
    });
  });
});

describe("what people type", () => {
  it.each([
    ["", undefined],
    [" 92 ", 92],
    ["92,5", 92.5],
  ])("is a tempo: %s", (text, bpm) => expect(parseTempo(text)).toBe(bpm));
  it.each([
    ["eb", "Eb"],
    ["f#m", "F#m"],
    ["B♭ minor", "Bbm"],
    ["C major", "C"],
    ["CM", "C"],
    ["am", "Am"],
    ["H-dur", "H-dur"],
  ])("is a key: %s", (text, key) => expect(parseKey(text)).toBe(key));
});
