// SPDX-License-Identifier: AGPL-3.0-or-later

/** The browser's title of a page. */
export const pageTitle = (name?: string): string => (name ? `${name} · SoundHub` : "SoundHub");
