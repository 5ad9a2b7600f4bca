// SPDX-License-Identifier: AGPL-3.0-or-later
// A musician whose requests are all in the journal, who doesn't wait for ever, and who goes on with an upload where the
// server says it is.
import { createHash } from "node:crypto";
import { Musician, Refused } from "../e2e/harness.mjs";

export const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");
export const pause = (ms) => new Promise((done) => setTimeout(done, ms));

const patienceMs = 60_000;
const troubledPatienceMs = 10_000; // while something is broken: who sees a page hang loads it again

export class Visitor extends Musician {
  constructor(server, journal, nickname) {
    super(server, nickname);
    this.journal = journal;
  }

  async signUp() {
    const { nickname, password } = this;
    const session = await this.post("/api/v1/accounts", { email: `${nickname}@example.org`, nickname, password, bearer: true });
    this.token = session.token;
    this.id = session.me.id;
  }

  /** The same person, who asks this server and no load balancer. */
  at(server) {
    return Object.assign(new Visitor(server, this.journal, this.nickname), { token: this.token, id: this.id });
  }

  async logIn() {
    return this.post("/api/v1/sessions", { email: `${this.nickname}@example.org`, password: this.password, bearer: true });
  }

  /** The whole answer: what breaks in its middle is a failure of this request. */
  async fetch(path, init = {}) {
    const ask = async () => {
      const response = await super.fetch(path, { ...init, signal: AbortSignal.timeout(this.journal.open ? troubledPatienceMs : patienceMs) });
      const body = Buffer.from(await response.arrayBuffer());
      return new Response([204, 304].includes(response.status) ? null : body, response);
    };
    return this.journal.keep(`${init.method ?? "GET"} ${path}`, ask, (response) => (response.status >= 400 ? `${response.status} (${response.headers.get("x-request-id")})` : undefined));
  }

  async bytes(path, init) {
    const response = await this.fetch(path, init);
    if (!response.ok) throw new Refused(response.status, {});
    return Buffer.from(await response.arrayBuffer());
  }

  /** tus in pieces; `acknowledged(location, offset)` hears of each. */
  async uploadInPieces(bytes, piece, acknowledged) {
    const location = await this.beginUpload(bytes.length, "noise.wav");
    acknowledged(location, 0);
    let at = 0;
    for (let tries = 0; at < bytes.length; ) {
      try {
        at = await this.append(location, at, bytes.subarray(at, at + piece));
        acknowledged(location, at);
      } catch (error) {
        if (++tries > 60) throw error;
        await pause(500);
        const held = await this.offset(location).catch(() => undefined);
        if (held === undefined) continue;
        if (held < at) this.journal.fail(`upload ${location}`, `${at} bytes were acknowledged, ${held} are there`);
        at = held;
      }
    }
    return location.split("/").at(-1);
  }
}
