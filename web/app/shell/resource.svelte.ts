// SPDX-License-Identifier: AGPL-3.0-or-later
import { untrack } from "svelte";
import { takeBootData } from "../../client/boot";
import { asProblem, type ProblemError } from "../../client/problem";

export interface Resource<T> {
  /** What was answered last. */
  value: T | undefined;
  readonly problem: ProblemError | undefined;
  /** Asks again; the old value stays until the new one is there. */
  reload: () => Promise<void>;
}

/**
 * What a page shows, fetched when `address` changes; call it while a component is set up. `address` is the API path
 * (with its query): if the server has written that answer into the page, it is taken from there.
 */
export function resource<T>(address: () => string, get: () => Promise<T>): Resource<T> {
  let value = $state.raw<T | undefined>();
  let problem = $state.raw<ProblemError | undefined>();
  let turn = 0;

  async function reload(): Promise<void> {
    const mine = ++turn;
    try {
      const answer = await get();
      if (mine !== turn) return;
      value = answer;
      problem = undefined;
    } catch (error) {
      if (mine === turn) problem = asProblem(error);
    }
  }
  let shown = "";
  $effect.pre(() => {
    const wanted = address();
    untrack(() => {
      if (wanted === shown) return;
      shown = wanted;
      value = takeBootData(wanted) as T | undefined;
      problem = undefined;
      turn++;
      if (value === undefined) void reload();
    });
  });
  return {
    get value() {
      return value;
    },
    set value(next) {
      value = next;
    },
    get problem() {
      return problem;
    },
    reload,
  };
}
