// SPDX-License-Identifier: AGPL-3.0-or-later
import { match, paths } from "./routes";

export type Section = "home" | "explore" | "seats" | "studio";

export const openSeats = `${paths.explore}?open=true`;

/** The main menu, in the bar at the top and in the one at the foot of a phone. */
export const sections: readonly { name: Section; path: string }[] = [
  { name: "home", path: paths.home },
  { name: "explore", path: paths.explore },
  { name: "seats", path: openSeats },
  { name: "studio", path: paths.studio },
];

export function currentSection(url: URL): Section | undefined {
  const { page } = match(url.pathname);
  if (page === "explore") return url.searchParams.has("open") || url.searchParams.has("seat") ? "seats" : "explore";
  return page === "home" || page === "studio" ? page : undefined;
}
