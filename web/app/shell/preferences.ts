// SPDX-License-Identifier: AGPL-3.0-or-later

/** What the visitor chose for the looks of the site. A cookie, so that the server can write the first page that way. */
export type Preference = "lang" | "theme" | "volume";

const yearInSeconds = 31_536_000;

export function recall(name: Preference): string | undefined {
  return document.cookie
    .split("; ")
    .find((entry) => entry.startsWith(`${name}=`))
    ?.slice(name.length + 1);
}

export function remember(name: Preference, value: string): void {
  const age = value === "" ? 0 : yearInSeconds;
  document.cookie = `${name}=${value}; path=/; max-age=${String(age)}; samesite=lax`;
}
