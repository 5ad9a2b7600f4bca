// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Component } from "svelte";

type Loader<Props extends object> = () => Promise<{ default: Component<Props> }>;

// A glob, so that the shell builds without the mixer's folder.
const mixers = import.meta.glob<{ default: Component<{ songId: number }> }>("../mixer/MixerPage.svelte");

/** The mixer is big and few visits need it: fetched when opened. */
export const loadMixer: Loader<{ songId: number }> = () => {
  const load = mixers["../mixer/MixerPage.svelte"];
  return load ? load() : Promise.reject(new Error("no mixer in this build"));
};
