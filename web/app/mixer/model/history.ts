// SPDX-License-Identifier: AGPL-3.0-or-later

const TOGETHER_MS = 700;
const MOST = 200;

interface Step<T> {
  readonly value: T;
  /** What was being changed; changes of one gesture are one step. */
  readonly gesture: string;
  readonly at: number;
}

/**
 * Undo and redo over whole values. Changes with the same gesture name shortly after each other count as one step, until
 * seal(). Times are milliseconds of any clock.
 */
export class History<T> {
  private past: Step<T>[];
  private future: Step<T>[] = [];
  private sealed = true;

  constructor(first: T) {
    this.past = [{ value: first, gesture: "", at: 0 }];
  }

  get value(): T {
    return this.top().value;
  }
  get canUndo(): boolean {
    return this.past.length > 1;
  }
  get canRedo(): boolean {
    return this.future.length > 0;
  }

  change(value: T, gesture: string, at: number): void {
    const before = this.top();
    const continues = !this.sealed && before.gesture === gesture && at - before.at <= TOGETHER_MS;
    if (continues && this.past.length > 1) this.past.pop();
    this.past.push({ value, gesture, at });
    if (this.past.length > MOST) this.past.shift();
    this.future = [];
    this.sealed = false;
  }

  /** The gesture is over: what comes next is a step of its own. */
  seal(): void {
    this.sealed = true;
  }

  undo(): T {
    const step = this.canUndo ? this.past.pop() : undefined;
    if (step !== undefined) this.future.push(step);
    this.sealed = true;
    return this.value;
  }

  redo(): T {
    const step = this.future.pop();
    if (step !== undefined) this.past.push(step);
    this.sealed = true;
    return this.value;
  }

  private top(): Step<T> {
    const step = this.past[this.past.length - 1];
    if (step === undefined) throw new Error("a history has at least its first value");
    return step;
  }
}
