// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Want } from "./protocol";

export const keyOf = (takeId: number, segment: number): string => `${takeId}:${segment}`;

/** Nearest deadline first; at the same deadline in channel order, so that the first segments of all parts lead. */
export function inOrder(wants: readonly Want[]): Want[] {
  return [...wants].sort((a, b) => a.inFrames - b.inFrames || a.channel - b.channel || a.segment - b.segment);
}

export interface Plan {
  /** To begin now, most urgent first. */
  readonly start: readonly string[];
  /** Under way, but nobody wants them any more. */
  readonly abort: readonly string[];
}

/** What to begin and what to give up, so that at most `limit` run and the most urgent are among them. */
export function plan(wanted: readonly string[], running: ReadonlySet<string>, limit: number): Plan {
  const isWanted = new Set(wanted);
  const abort = [...running].filter((key) => !isWanted.has(key));
  const free = limit - (running.size - abort.length);
  const start = [...isWanted].filter((key) => !running.has(key)).slice(0, Math.max(0, free));
  return { start, abort };
}

/** Milliseconds to wait before try number `attempt` (1, 2, …); `random` in 0…1 keeps clients apart. */
export function backoffMs(attempt: number, random: number): number {
  const full = Math.min(4000, 250 * 2 ** (attempt - 1));
  return full * (0.5 + random / 2);
}
