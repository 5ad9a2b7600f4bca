// SPDX-License-Identifier: AGPL-3.0-or-later
import { clamp, MAX_DB, MIN_CEILING_DB, OFF_DB } from "./units";

/** What a person sets on a strip. The engine glides to it in 10 ms. */
export interface ChannelSettings {
  readonly gainDb: number;
  readonly pan: number;
  readonly muted: boolean;
  readonly soloed: boolean;
  readonly offsetFrames: number;
}

/** A strip and the stem it plays. */
export interface ChannelSpec extends ChannelSettings {
  readonly partId: number;
  readonly takeId: number;
  readonly stemChannels: 1 | 2;
  readonly frames: number;
  readonly segments: number;
}

export interface MasterSettings {
  readonly gainDb: number;
  readonly limiter: boolean;
  readonly ceilingDbtp: number;
}

export interface SongSpec {
  readonly channels: readonly ChannelSpec[];
  readonly master: MasterSettings;
}

/** The settings of a mix as the API spells them. */
export interface MixSettings {
  readonly channels: readonly {
    readonly part_id: number;
    readonly take_id: number;
    readonly gain_db: number;
    readonly pan: number;
    readonly muted: boolean;
    readonly soloed: boolean;
    readonly offset_frames: number;
  }[];
  readonly master: {
    readonly gain_db: number;
    readonly limiter: boolean;
    readonly ceiling_dbtp: number;
  };
}

/** What the engine must know of a take (a ready one). */
export interface Stem {
  readonly id: number;
  readonly stem_channels: number;
  readonly frames: number;
  readonly segments: number;
}

export const defaultMaster: MasterSettings = { gainDb: 0, limiter: true, ceilingDbtp: -1 };
export const defaultChannel: ChannelSettings = { gainDb: 0, pan: 0, muted: false, soloed: false, offsetFrames: 0 };

const finite = (value: number): number => (Number.isFinite(value) ? value : 0);

export function cleanChannel(settings: ChannelSettings): ChannelSettings {
  return {
    gainDb: clamp(finite(settings.gainDb), OFF_DB, MAX_DB),
    pan: clamp(finite(settings.pan), -1, 1),
    muted: settings.muted,
    soloed: settings.soloed,
    offsetFrames: Math.round(finite(settings.offsetFrames)),
  };
}

export function cleanMaster(master: MasterSettings): MasterSettings {
  return {
    gainDb: clamp(finite(master.gainDb), OFF_DB, MAX_DB),
    limiter: master.limiter,
    ceilingDbtp: clamp(finite(master.ceilingDbtp), MIN_CEILING_DB, 0),
  };
}

export function channelSpec(partId: number, stem: Stem, settings: ChannelSettings = defaultChannel): ChannelSpec {
  return {
    ...cleanChannel(settings),
    partId,
    takeId: stem.id,
    stemChannels: stem.stem_channels === 1 ? 1 : 2,
    frames: stem.frames,
    segments: stem.segments,
  };
}

/** The engine's view of a mix. Channels whose take is unknown here are left out: they can't be heard. */
export function songOfMix(settings: MixSettings, takes: ReadonlyMap<number, Stem>): SongSpec {
  const channels = settings.channels.flatMap((c) => {
    const stem = takes.get(c.take_id);
    if (stem === undefined) return [];
    const own = { gainDb: c.gain_db, pan: c.pan, muted: c.muted, soloed: c.soloed, offsetFrames: c.offset_frames };
    return [channelSpec(c.part_id, stem, own)];
  });
  const { gain_db: gainDb, limiter, ceiling_dbtp: ceilingDbtp } = settings.master;
  return { channels, master: cleanMaster({ gainDb, limiter, ceilingDbtp }) };
}

/** The mix that sounds like this song. */
export function mixOfSong(song: SongSpec): MixSettings {
  return {
    channels: song.channels.map((c) => ({
      part_id: c.partId,
      take_id: c.takeId,
      gain_db: c.gainDb,
      pan: c.pan,
      muted: c.muted,
      soloed: c.soloed,
      offset_frames: c.offsetFrames,
    })),
    master: {
      gain_db: song.master.gainDb,
      limiter: song.master.limiter,
      ceiling_dbtp: song.master.ceilingDbtp,
    },
  };
}

/** The end of the last stem, in song frames. */
export function songFrames(channels: readonly Pick<ChannelSpec, "frames" | "offsetFrames">[]): number {
  return channels.reduce((end, c) => Math.max(end, c.offsetFrames + c.frames), 0);
}
