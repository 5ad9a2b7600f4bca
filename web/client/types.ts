// SPDX-License-Identifier: AGPL-3.0-or-later
// Short names for what docs/api/openapi.yaml describes.
import type { components } from "./schema";

/** Answers are kept in many places at once, so nobody may change one. */
export type Frozen<T> = T extends readonly (infer Item)[]
  ? readonly Frozen<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: Frozen<T[Key]> }
    : T;

/** What Frozen was made of. */
export type Thawed<T> = T extends readonly (infer Item)[]
  ? Thawed<Item>[]
  : T extends object
    ? { -readonly [Key in keyof T]: Thawed<T[Key]> }
    : T;

type Schemas = { [Name in keyof components["schemas"]]: Frozen<components["schemas"][Name]> };
export type Problem = Schemas["Problem"];
export type Instrument = Schemas["Instrument"];
export type Genre = Schemas["Genre"];
export type Licence = Schemas["Licence"];
export type User = Schemas["User"];
export type Me = Schemas["Me"];
export type Profile = Schemas["Profile"];
export type Seat = Schemas["Seat"];
export type NewSeat = Schemas["NewSeat"];
export type PeaksLink = Schemas["PeaksLink"];
export type Loudness = Schemas["Loudness"];
export type Take = Schemas["Take"];
export type Part = Schemas["Part"];
export type Lane = Schemas["Lane"];
export type Listen = Schemas["Listen"];
export type SongCard = Schemas["SongCard"];
export type Song = Schemas["Song"];
export type NewSong = Schemas["NewSong"];
export type SongEdit = Schemas["SongEdit"];
export type Activity = Schemas["Activity"];
export type Home = Schemas["Home"];
export type Mix = Schemas["Mix"];
export type MixSettings = Schemas["MixSettings"];
export type MixChannel = Schemas["MixChannel"];
export type Release = Schemas["Release"];
export type ReleaseFile = Schemas["ReleaseFile"];
export type SongEvent = Schemas["Event"];

export const instruments: readonly Instrument[] = [
  "vocal",
  "guitar",
  "bass",
  "drums",
  "keys",
  "strings",
  "winds",
  "other",
];
export const genres: readonly Genre[] = [
  "pop",
  "rock",
  "hiphop",
  "rnb",
  "electronic",
  "jazz",
  "folk",
  "classical",
  "metal",
  "other",
];
export const licences: readonly Licence[] = [
  "cc-by-4.0",
  "cc-by-sa-4.0",
  "cc-by-nc-4.0",
  "cc0-1.0",
  "all-rights-reserved",
];
