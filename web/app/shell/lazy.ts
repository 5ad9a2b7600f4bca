// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Component } from "svelte";

type Loader<Props extends object> = () => Promise<{ default: Component<Props> }>;

// Few visits need these: fetched when opened. The mixer is a glob, so that the shell builds without its folder.
const mixers = import.meta.glob<{ default: Component<{ songId: number }> }>("../mixer/MixerPage.svelte");

export const loadMixer: Loader<{ songId: number }> = () => {
  const load = mixers["../mixer/MixerPage.svelte"];
  return load ? load() : Promise.reject(new Error("no mixer in this build"));
};
export const loadNewSong: Loader<Record<never, never>> = () => import("../songs/NewSongPage.svelte");
export const loadEditSong: Loader<{ songId: number }> = () => import("../songs/EditSongPage.svelte");
