// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Me } from "./types";

interface Boot {
  path: string;
  me: Me | null;
  data: unknown;
}

let boot = read();

function read(): Boot | undefined {
  const text = document.getElementById("boot")?.textContent;
  if (!text) return undefined;
  try {
    const value = JSON.parse(text) as Partial<Boot>;
    return { path: value.path ?? "", me: value.me ?? null, data: value.data ?? undefined };
  } catch {
    return undefined;
  }
}

/** Who is logged in, if the server has already said so; undefined if it must be asked. */
export const bootMe: Me | null | undefined = boot?.me;

/** What the server wrote into the page for `path` in place of the first request; given out once. */
export function takeBootData(path: string): unknown {
  if (boot?.path !== path) return undefined;
  const { data } = boot;
  boot = undefined;
  return data;
}
