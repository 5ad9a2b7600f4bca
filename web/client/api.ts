// SPDX-License-Identifier: AGPL-3.0-or-later
import createClient from "openapi-fetch";
import type { paths } from "./schema";
import { ProblemError } from "./problem";
import type { Frozen, Problem, Thawed } from "./types";

/** Sent with everything, since requests that change something are refused without it (see docs/api/openapi.yaml). */
export const requestHeaders = { "X-SoundHub": "1" } as const;

/** Typed calls; prefer `ok(api.GET(…))`, which throws what isn't a success. */
export const api = createClient<paths>({
  baseUrl: globalThis.location.origin,
  headers: requestHeaders,
  fetch: (request) => globalThis.fetch(request),
});

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The answer's body, or a ProblemError. */
export async function ok<T>(call: Promise<Answer<T>>): Promise<Frozen<T>> {
  const { data, error, response } = await call.catch((cause: unknown) => {
    throw new ProblemError({ title: String(cause) }, 0);
  });
  if (!response.ok) throw new ProblemError((error as Partial<Problem> | undefined) ?? {}, response.status);
  return data as Frozen<T>;
}

/** A request's body made of answers, which are readonly; openapi-fetch asks for one that isn't. */
export const toSend = <T>(body: T): Thawed<T> => body as Thawed<T>;
