// SPDX-License-Identifier: AGPL-3.0-or-later
// What is being mixed: the engine's song of the accepted parts. All functions give new values.
import type { MixSettings, Part, Song, Take } from "../../../client/types";
import { channelSpec, cleanChannel, cleanMaster, defaultMaster, mixOfSong, songOfMix } from "../../../engine";
import type { ChannelSettings, ChannelSpec, MasterSettings, SongSpec } from "../../../engine";

const isReady = (part: Part): boolean => part.take.state === "ready" && part.take.frames > 0;

export const partsInSong = (song: Song): Part[] => song.parts.filter((p) => p.state === "accepted" && isReady(p));
export const partsOffered = (song: Song): Part[] => song.parts.filter((p) => p.state === "offered" && isReady(p));

const takesOf = (parts: readonly Part[]): Map<number, Take> => new Map(parts.map((p) => [p.take.id, p.take]));

/** A mix as it can be heard now: parts that have left the song are gone, parts that are new have a strip at 0 dB. */
export function documentOf(song: Song, settings: MixSettings | undefined): SongSpec {
  const parts = partsInSong(song);
  if (settings === undefined) return { channels: parts.map((p) => channelSpec(p.id, p.take)), master: defaultMaster };
  const saved = songOfMix(settings, takesOf(parts));
  const order = new Map(parts.map((part, i) => [part.id, i]));
  const known = saved.channels.filter((c) => order.has(c.partId));
  const has = new Set(known.map((c) => c.partId));
  const fresh = parts.filter((p) => !has.has(p.id)).map((p) => channelSpec(p.id, p.take));
  return { ...saved, channels: [...known, ...fresh] };
}

/** A strip and a lane: a part of the song, or one that is only offered. */
export interface Row {
  readonly part: Part;
  readonly offered: boolean;
  /** Undefined for an offered part that isn't being tried. */
  readonly channel: ChannelSpec | undefined;
}

/** The song's parts, then the offered ones, with their channels. */
export function rowsOf(song: Song, channels: readonly ChannelSpec[]): Row[] {
  const byPartId = new Map(channels.map((c) => [c.partId, c]));
  const row = (part: Part, offered: boolean): Row => ({ part, offered, channel: byPartId.get(part.id) });
  return [...partsInSong(song).map((p) => row(p, false)), ...partsOffered(song).map((p) => row(p, true))];
}

/** The document after the song's parts have changed; a part that was tried and is now accepted keeps its settings. */
export function refreshed(song: Song, doc: SongSpec, tried: readonly ChannelSpec[]): SongSpec {
  const kept = new Map(tried.map((c) => [c.partId, c]));
  const next = documentOf(song, mixOfSong(doc));
  const before = new Set(doc.channels.map((c) => c.partId));
  return { ...next, channels: next.channels.map((c) => (before.has(c.partId) ? c : (kept.get(c.partId) ?? c))) };
}

export function withChannel(doc: SongSpec, partId: number, change: Partial<ChannelSettings>): SongSpec {
  const channels = doc.channels.map((c) => (c.partId === partId ? changed(c, change) : c));
  return { ...doc, channels };
}

export function changed(channel: ChannelSpec, change: Partial<ChannelSettings>): ChannelSpec {
  return { ...channel, ...cleanChannel({ ...channel, ...change }) };
}

export function withMaster(doc: SongSpec, change: Partial<MasterSettings>): SongSpec {
  return { ...doc, master: cleanMaster({ ...doc.master, ...change }) };
}

const byPart = (settings: MixSettings): MixSettings => ({
  ...settings,
  channels: [...settings.channels].sort((a, b) => a.part_id - b.part_id),
});

// The order of keys is not the server's business.
const canonical = (settings: MixSettings): string =>
  JSON.stringify(byPart(settings), (_, value: unknown) =>
    value !== null && typeof value === "object" && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );

/** The same sound? */
export const isSameMix = (a: MixSettings, b: MixSettings | undefined): boolean =>
  b !== undefined && canonical(a) === canonical(b);

export const isSameDocument = (a: SongSpec, b: SongSpec): boolean => isSameMix(mixOfSong(a), mixOfSong(b));
