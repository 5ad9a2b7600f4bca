// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Part, Song } from "../../client/types";

const sampleRate = 48_000;

/** A part's place on the song's common time axis. */
export interface Place {
  part: Part;
  startS: number;
  durationS: number;
}

export interface Timeline {
  /** Seconds from the first sound (or 0) to the last. */
  lengthS: number;
  /** In the order shown. */
  accepted: Place[];
  offered: Place[];
}

/**
 * Where the parts of a song lie, as the newest mix offsets them; an offer begins with the song. What was declined is
 * shown to its author alone, what was withdrawn to nobody.
 */
export function timeline(song: Pick<Song, "parts" | "mix">, viewerId: number | undefined): Timeline {
  const offsets = new Map(song.mix?.settings.channels.map((channel) => [channel.part_id, channel.offset_frames]));
  const place = (part: Part): Place => ({
    part,
    startS: (offsets.get(part.id) ?? 0) / sampleRate,
    durationS: part.take.duration_s,
  });
  const accepted = song.parts.filter((part) => part.state === "accepted").map(place);
  const isShown = ({ state, author }: Part): boolean =>
    state === "offered" || (state === "declined" && author.id === viewerId);
  const offered = song.parts.filter(isShown).map(place);
  const lengthS = Math.max(0, ...[...accepted, ...offered].map((one) => one.startS + one.durationS));
  return { lengthS, accepted, offered };
}

/** How much of a part has been played when the song is at `atS`, 0 to 1. */
export const playedOf = (place: Place, atS: number): number =>
  place.durationS > 0 ? Math.min(1, Math.max(0, (atS - place.startS) / place.durationS)) : 0;

/** Marks for the ruler: round numbers of seconds, at most ten, none so late that its text would hang over the end. */
export function ticks(lengthS: number): number[] {
  const step = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600].find((one) => lengthS / one <= 10) ?? 1200;
  return Array.from({ length: Math.ceil((lengthS * 0.95) / step) }, (_, i) => i * step);
}
