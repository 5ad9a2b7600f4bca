// SPDX-License-Identifier: AGPL-3.0-or-later
// Every request of the test's users: when it was, and what went wrong. A fault has a window; a request that was under
// way in one may fail, any other may not.

/** A request may fail for so long after its fault is over: whoever waited for a dead peer hears of it late. */
export const graceSeconds = 3;

export class Journal {
  asked = 0;
  excused = 0;
  slowest = { what: "none", ms: 0 };
  #failures = [];
  #windows = [];

  /** Wraps one request; `look` says of the answer what is wrong with it, if anything. */
  async keep(what, ask, look = () => undefined) {
    const begun = Date.now();
    try {
      const answer = await ask();
      this.#end(what, begun, look(answer));
      return answer;
    } catch (error) {
      this.#end(what, begun, `${error.message}${error.cause ? ` (${error.cause.code ?? error.cause.message})` : ""}`);
      throw error;
    }
  }

  #end(what, begun, wrong) {
    const ended = Date.now();
    ++this.asked;
    if (wrong) this.#failures.push({ what, wrong, begun, ended });
    else if (!this.open && ended - begun > this.slowest.ms) this.slowest = { what, ms: ended - begun };
  }

  get open() {
    return this.#windows.some((window) => window.until === Infinity);
  }

  /** Something else than an answer was wrong. */
  fail(what, wrong) {
    this.#failures.push({ what, wrong, begun: Date.now(), ended: Date.now() });
  }

  openWindow() {
    const window = { from: Date.now(), until: Infinity };
    this.#windows.push(window);
    return () => (window.until = Date.now() + graceSeconds * 1000);
  }

  /** What failed although nothing was wrong with the world, as sentences; asked once for each. */
  takeFailures() {
    const excuse = ({ begun, ended }) => this.#windows.some(({ from, until }) => begun <= until && ended >= from);
    const bad = this.#failures.filter((failure) => !excuse(failure));
    this.excused += this.#failures.length - bad.length;
    this.#failures = [];
    return bad.map(({ what, wrong, begun, ended }) => `${new Date(begun).toISOString()} ${what}: ${wrong} after ${ended - begun} ms`);
  }
}
