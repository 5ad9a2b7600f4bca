// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Problem } from "./types";

/** A request that ended in anything but success; `key` is what gets translated. */
export class ProblemError extends Error {
  readonly status: number;
  readonly key: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly retryAfterSeconds: number | undefined;

  constructor(problem: Partial<Problem>, status: number) {
    super(problem.title ?? problem.key ?? `HTTP ${String(status)}`);
    this.name = "ProblemError";
    this.status = status;
    this.key = problem.key ?? (status === 0 ? "client.offline" : "client.unknown");
    this.fields = problem.fields ?? {};
    this.retryAfterSeconds = problem.retry_after_s;
  }
}

/** The error as a problem; a request that never arrived is "client.offline". */
export function asProblem(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  if (error instanceof TypeError) return new ProblemError({ title: error.message }, 0);
  return new ProblemError({ title: String(error) }, -1);
}
