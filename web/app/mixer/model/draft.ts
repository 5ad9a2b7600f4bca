// SPDX-License-Identifier: AGPL-3.0-or-later
import type { MixSettings } from "../../../engine";

/** Work that isn't saved yet, kept in the browser against crashes. */
export interface Draft {
  /** The mix it was made from; undefined if there was none. */
  readonly parentId: number | undefined;
  readonly settings: MixSettings;
}

const key = (songId: number): string => `mixer.draft.${songId}`;

export function keepDraft(store: Storage, songId: number, draft: Draft): void {
  try {
    store.setItem(key(songId), JSON.stringify(draft));
  } catch {
    // Full or forbidden: saving to the server is what counts.
  }
}

export function dropDraft(store: Storage, songId: number): void {
  store.removeItem(key(songId));
}

/** Undefined if there is none, or none that can be read. */
export function readDraft(store: Storage, songId: number): Draft | undefined {
  try {
    const draft = JSON.parse(store.getItem(key(songId)) ?? "null") as Partial<Draft> | null;
    if (!Array.isArray(draft?.settings?.channels) || typeof draft.settings.master !== "object") return undefined;
    return { parentId: draft.parentId, settings: draft.settings };
  } catch {
    return undefined;
  }
}
