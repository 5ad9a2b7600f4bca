// SPDX-License-Identifier: AGPL-3.0-or-later
import { genres, instruments, licences } from "../../client/types";
import type { Genre, Instrument, Licence, NewSeat, NewSong, Song } from "../../client/types";
import type { StoredUpload } from "../uploads/upload.svelte";

/** What is typed into a song's form, as typed. */
export interface SongForm {
  title: string;
  genre: Genre | "";
  tempo: string;
  key: string;
  licence: Licence;
  text: string;
}

/** The form of a new song, kept on this device until it is put up. */
export interface Draft extends SongForm {
  instrument: Instrument | "";
  seats: { instrument: Instrument; note: string }[];
  /** A file that has arrived. */
  upload?: StoredUpload | undefined;
  cover?: StoredUpload | undefined;
  /** The name of one that was on its way. */
  unfinished?: string | undefined;
}

const place = "soundhub.draft";

export const emptyDraft = (): Draft => ({
  title: "",
  genre: "",
  tempo: "",
  key: "",
  licence: "cc-by-sa-4.0",
  text: "",
  instrument: "",
  seats: [],
});

export const formOf = (song: Song): SongForm => ({
  title: song.title,
  genre: song.genre,
  tempo: song.tempo_bpm === undefined ? "" : String(song.tempo_bpm),
  key: song.musical_key ?? "",
  licence: song.licence,
  text: song.text,
});

/** "92", "92.5", "92,5" → beats per minute; undefined if it is empty, NaN if it is no number. */
export function parseTempo(text: string): number | undefined {
  const clean = text.trim().replace(",", ".");
  return clean === "" ? undefined : Number(clean);
}

/** "eb", "f#M", "B♭m" → "Eb", "F#", "Bbm"; what isn't a key stays as it is, for the server to refuse. */
export function parseKey(text: string): string {
  const clean = text.trim().replace(/♭/g, "b").replace(/♯/g, "#");
  const found = /^([A-Ga-g])([b#]?)\s*(m|M|min|maj|minor|major|)$/.exec(clean);
  if (!found) return clean;
  const [, tone = "", accidental = "", mode = ""] = found;
  return tone.toUpperCase() + accidental + (mode === "m" || mode.startsWith("min") ? "m" : "");
}

/** Problem keys by input name, of what can be known without the server. */
export function formProblems(form: SongForm): Record<string, string> {
  const problems: Record<string, string> = {};
  if (form.title.trim() === "") problems.title = "song.title_missing";
  if (form.genre === "") problems.genre = "song.genre_unknown";
  const tempo = parseTempo(form.tempo);
  if (tempo !== undefined && !(tempo >= 20 && tempo <= 400)) problems.tempo_bpm = "song.tempo_invalid";
  return problems;
}

export function draftProblems(draft: Draft, hasFile: boolean): Record<string, string> {
  const problems = formProblems(draft);
  if (draft.instrument === "") problems.instrument = "song.instrument_unknown";
  if (!hasFile) problems.upload_id = "client.upload_first";
  return problems;
}

/** A draft without problems, as the API takes it. */
export function newSong(draft: Draft, uploadId: string, coverUploadId: string | undefined): NewSong {
  if (draft.genre === "" || draft.instrument === "") throw new Error("the draft has problems");
  const tempo = parseTempo(draft.tempo);
  const key = parseKey(draft.key);
  return {
    title: draft.title.trim(),
    instrument: draft.instrument,
    genre: draft.genre,
    licence: draft.licence,
    text: draft.text.trim(),
    seats: draft.seats.map((seat): NewSeat => ({ instrument: seat.instrument, note: seat.note.trim() })),
    upload_id: uploadId,
    ...(tempo !== undefined && { tempo_bpm: tempo }),
    ...(key !== "" && { musical_key: key }),
    ...(coverUploadId !== undefined && { cover_upload_id: coverUploadId }),
  };
}

export const isUntouched = (draft: Draft): boolean => JSON.stringify(draft) === JSON.stringify(emptyDraft());

export function saveDraft(draft: Draft): void {
  try {
    if (isUntouched(draft)) localStorage.removeItem(place);
    else localStorage.setItem(place, JSON.stringify(draft));
  } catch {
    // No storage here (private window, full): the form works without.
  }
}

export function dropDraft(): void {
  saveDraft(emptyDraft());
}

/** What was kept; anything that isn't a draft of this version is an empty one. */
export function loadDraft(): Draft {
  try {
    const value = JSON.parse(localStorage.getItem(place) ?? "null") as Partial<Draft> | null;
    const draft = { ...emptyDraft(), ...value };
    const sound =
      [draft.title, draft.tempo, draft.key, draft.text].every((text) => typeof text === "string") &&
      (draft.genre === "" || genres.includes(draft.genre)) &&
      (draft.instrument === "" || instruments.includes(draft.instrument)) &&
      licences.includes(draft.licence) &&
      draft.seats.every((seat) => instruments.includes(seat.instrument) && typeof seat.note === "string");
    return sound ? draft : emptyDraft();
  } catch {
    return emptyDraft();
  }
}
