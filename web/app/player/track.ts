// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Instrument, Listen, Part, PeaksLink, Release, SongCard } from "../../client/types";

/** Something the player can play: a release, or a take. */
export interface Track {
  /** One per sound: "release 7", "take 3". */
  id: string;
  songId: number;
  title: string;
  by: string;
  url: string;
  fallbackUrl: string | undefined;
  coverUrl: string | undefined;
  durationS: number;
  /** What is heard in it, for the piled waveform. */
  lanes: readonly { instrument: Instrument; peaks: readonly PeaksLink[] }[];
  /** Nicknames besides `by`. */
  others: number;
  releaseNumber: number | undefined;
}

type SongLike = Pick<SongCard, "id" | "title" | "owner" | "cover_url" | "lanes" | "listen">;

const othersOf = (song: SongLike): number =>
  new Set(song.lanes.map((lane) => lane.musician.id).filter((id) => id !== song.owner.id)).size;

/** What a song's play button plays, if there is anything yet. */
export function songTrack(song: SongLike): Track | undefined {
  return song.listen && listenTrack(song, song.listen);
}

function listenTrack(song: SongLike, listen: Listen): Track {
  const whole = listen.kind === "release";
  return {
    id: `${listen.kind} ${String(listen.id)}`,
    songId: song.id,
    title: song.title,
    by: song.owner.nickname,
    url: listen.url,
    fallbackUrl: listen.fallback_url,
    coverUrl: song.cover_url,
    durationS: listen.duration_s,
    lanes: whole ? song.lanes : song.lanes.slice(0, 1).map((lane) => ({ ...lane, peaks: listen.peaks })),
    others: whole ? othersOf(song) : 0,
    releaseNumber: undefined,
  };
}

/** One release of a song, by its own files. */
export function releaseTrack(song: SongLike, release: Release): Track | undefined {
  const url = (format: string): string | undefined => release.files.find((file) => file.format === format)?.url;
  const first = url("opus") ?? url("mp3") ?? url("flac");
  if (first === undefined) return undefined;
  const heard = new Set(release.credits.map((credit) => credit.part_id));
  return {
    id: `release ${String(release.id)}`,
    songId: song.id,
    title: song.title,
    by: song.owner.nickname,
    url: first,
    fallbackUrl: url("mp3"),
    coverUrl: song.cover_url,
    durationS: release.duration_s,
    lanes: song.lanes.filter((lane) => lane.part_id === undefined || heard.has(lane.part_id)),
    others: new Set(release.credits.map((credit) => credit.musician.id).filter((id) => id !== song.owner.id)).size,
    releaseNumber: release.number,
  };
}

/** A single part, alone. */
export function partTrack(song: Pick<SongCard, "id" | "title" | "cover_url">, part: Part): Track | undefined {
  if (part.take.state !== "ready" || part.take.preview_url === undefined) return undefined;
  return {
    id: `take ${String(part.take.id)}`,
    songId: song.id,
    title: song.title,
    by: part.author.nickname,
    url: part.take.preview_url,
    fallbackUrl: undefined,
    coverUrl: song.cover_url,
    durationS: part.take.duration_s,
    lanes: [{ instrument: part.instrument, peaks: part.take.peaks }],
    others: 0,
    releaseNumber: undefined,
  };
}
