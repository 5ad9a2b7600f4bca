// SPDX-License-Identifier: AGPL-3.0-or-later
// Somebody who follows an event stream as a browser does: when it breaks, or is silent for longer than the server ever
// is, it is opened again from the last event seen.
import { pause } from "./visitor.mjs";

const silenceMs = 20_000; // SoundHub sends a comment every 15 s

export class Follower {
  events = [];
  opened = 0;

  /** `from`: the id of the newest event already known. */
  constructor(visitor, path, from) {
    this.visitor = visitor;
    this.path = path;
    this.from = from;
    this.over = new AbortController();
    this.done = this.#follow();
  }

  get lastId() {
    return this.events.at(-1)?.id ?? this.from;
  }

  async stop() {
    this.over.abort();
    await this.done;
  }

  async #follow() {
    while (!this.over.signal.aborted) {
      await this.#once().catch(() => {}); // a broken stream is what this is for; what it missed is counted at the end
      if (!this.over.signal.aborted) await pause(300);
    }
  }

  async #once() {
    const broken = new AbortController();
    const signal = AbortSignal.any([this.over.signal, broken.signal]);
    let timer;
    const alive = () => {
      clearTimeout(timer);
      timer = setTimeout(() => broken.abort(), silenceMs);
    };
    try {
      alive();
      const headers = { Authorization: `Bearer ${this.visitor.token}`, "Last-Event-ID": String(this.lastId) };
      const response = await fetch(this.visitor.server.url + this.path, { headers, signal });
      if (!response.ok) return;
      ++this.opened;
      let text = "";
      for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
        alive();
        text += chunk;
        for (let end; (end = text.indexOf("\n\n")) >= 0; text = text.slice(end + 2)) this.#take(text.slice(0, end));
      }
    } finally {
      clearTimeout(timer);
    }
  }

  #take(block) {
    const fields = Object.fromEntries(block.split("\n").map((line) => line.split(/: ?(.*)/s).slice(0, 2)));
    if (fields.id) this.events.push({ id: Number(fields.id), type: fields.event, ...JSON.parse(fields.data) });
  }
}
