// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Component } from "svelte";

export type Loader<Props extends object> = () => Promise<{ default: Component<Props> }>;
type Nothing = Record<string, never>;

// What the first page doesn't need is fetched when it is opened.
export const loadSong: Loader<{ songId: number }> = () => import("../songs/SongPage.svelte");
export const loadAccount: Loader<{ joining: boolean }> = () => import("../accounts/AccountPage.svelte");
export const loadForgotPassword: Loader<Nothing> = () => import("../accounts/ForgotPasswordPage.svelte");
export const loadNewPassword: Loader<Nothing> = () => import("../accounts/NewPasswordPage.svelte");
export const loadUnsubscribe: Loader<Nothing> = () => import("../accounts/UnsubscribePage.svelte");
export const loadSettings: Loader<Nothing> = () => import("../accounts/SettingsPage.svelte");
export const loadMixer: Loader<{ songId: number }> = () => import("../mixer/MixerPage.svelte");
export const loadNewSong: Loader<Nothing> = () => import("../songs/NewSongPage.svelte");
export const loadEditSong: Loader<{ songId: number }> = () => import("../songs/EditSongPage.svelte");

/** Fetches the page most visits go to next, when the browser has nothing better to do. */
export function prefetchSong(): void {
  const fetchIt = (): void => void loadSong().catch(() => undefined);
  if ("requestIdleCallback" in globalThis) requestIdleCallback(fetchIt, { timeout: 5000 });
  else setTimeout(fetchIt, 2000);
}
