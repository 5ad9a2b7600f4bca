// SPDX-License-Identifier: AGPL-3.0-or-later
import { asProblem } from "../../client/problem";
import { m } from "./index.svelte";
import type { Messages } from "./index.svelte";

type Key = keyof Messages["problems"];

const byStatus: Record<number, Key> = {
  0: "client.offline",
  401: "http.unauthenticated",
  403: "http.forbidden",
  404: "http.not_found",
  413: "http.body_too_large",
  429: "http.too_many_requests",
  503: "http.busy",
};

const known = (key: string): key is Key => key in m().problems;

/** The sentence for a problem key; an unknown one says what its status says. */
export const keyText = (key: string, status = -1): string =>
  m().problems[known(key) ? key : (byStatus[status] ?? "client.unknown")];

/** The sentence for whatever was thrown. */
export function problemText(error: unknown): string {
  const problem = asProblem(error);
  return keyText(problem.key, problem.status);
}

/** A form's sentences by input name; "" is the one for the whole form. */
export function fieldTexts(error: unknown): Partial<Record<string, string>> {
  const { fields } = asProblem(error);
  const entries = Object.entries(fields).map(([name, key]) => [name, keyText(key)] as const);
  return entries.length > 0 ? Object.fromEntries(entries) : { "": problemText(error) };
}
