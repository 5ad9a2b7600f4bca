// SPDX-License-Identifier: AGPL-3.0-or-later
// What people do all day: an owner puts up songs, a guest plays along, the owner decides, mixes and releases, and both
// listen. What fails is begun anew; what was acknowledged is in the ledger.
import { channel } from "../e2e/harness.mjs";
import { Follower } from "./follower.mjs";
import { undecided } from "./ledger.mjs";
import { noise } from "./random.mjs";
import { Visitor, pause, sha256 } from "./visitor.mjs";

let nicknames = 0;

class Over extends Error {}

export class Band {
  over = false;
  rounds = 0;

  constructor({ server, journal, ledger, dice }) {
    Object.assign(this, { server, journal, ledger, dice });
  }

  begin() {
    this.playing = this.#play();
    return this;
  }

  async stop() {
    this.over = true;
    await this.playing;
  }

  async #play() {
    while (!this.over) {
      try {
        await this.#round();
        ++this.rounds;
      } catch (error) {
        if (error instanceof Over) return;
        if (!error.status && !/fetch|timeout|abort|terminated|network/i.test(`${error.name} ${error.message}`)) this.journal.fail("a round", error.stack);
        await pause(300);
      }
    }
  }

  #stillOn() {
    if (this.over) throw new Over();
  }

  async #someone() {
    const visitor = new Visitor(this.server, this.journal, `chaos${++nicknames}`);
    await visitor.signUp();
    this.ledger.accounts.push(visitor);
    return visitor;
  }

  async #upload(visitor, bytes) {
    const { uploads } = this.ledger;
    let mine;
    const piece = 60_000 + Math.floor(this.dice() * 200_000);
    const id = await visitor.uploadInPieces(bytes, piece, (location, offset) => uploads.set((mine = location), { owner: visitor, offset }));
    return { id, used: () => uploads.delete(mine) };
  }

  #recording() {
    return noise(this.dice, 1 + this.dice() * 2);
  }

  #acknowledgePart(song, part, author, bytes) {
    const entry = { id: part.id, take: part.take.id, song, author, sha: sha256(bytes), state: part.state };
    this.ledger.parts.push(entry);
    return entry;
  }

  async #putUp(owner) {
    const bytes = this.#recording();
    const upload = await this.#upload(owner, bytes);
    const title = `noise ${this.ledger.songs.length}`;
    upload.used();
    const made = await owner.post("/api/v1/songs", { title, instrument: "guitar", genre: "rnb", licence: "cc-by-sa-4.0", upload_id: upload.id });
    const song = { id: made.id, title, owner, from: made.event_id };
    this.ledger.songs.push(song);
    this.#acknowledgePart(song, made.parts[0], owner, bytes);
    return song;
  }

  async #offer(guest, song) {
    const bytes = this.#recording();
    const upload = await this.#upload(guest, bytes);
    upload.used();
    const made = await guest.post(`/api/v1/songs/${song.id}/parts`, { instrument: "drums", upload_id: upload.id });
    return this.#acknowledgePart(song, made, guest, bytes);
  }

  /** Asked again and again, through whatever happens. */
  async #until(found, probe) {
    for (let i = 0; i < 600; ++i) {
      this.#stillOn();
      const now = await probe().catch((error) => (error.status && error.status < 500 ? Promise.reject(error) : undefined));
      if (now) return now;
      await pause(250);
    }
    this.journal.fail(found, "not within 150 s");
    throw new Over();
  }

  async #settled(owner, song) {
    return this.#until(`takes of song ${song.id}`, async () => {
      const now = await owner.get(`/api/v1/songs/${song.id}`);
      return now.parts.every(({ take }) => ["ready", "rejected"].includes(take.state)) && now;
    });
  }

  async #release(owner, song, mix) {
    const begun = await owner.post(`/api/v1/songs/${song.id}/releases`, { mix_id: mix.id });
    const entry = { id: begun.id, song };
    this.ledger.releases.push(entry);
    const ready = await this.#until(`release ${begun.id}`, async () => {
      const now = await owner.get(`/api/v1/releases/${begun.id}`);
      return now.state !== "rendering" && now;
    });
    if (ready.state !== "ready") return this.journal.fail(`release ${begun.id}`, ready.error_key);
    const files = new Map();
    for (const { url, format } of ready.files) files.set(format, sha256(await owner.bytes(url)));
    return Object.assign(entry, { files, pcm: ready.pcm_sha256 });
  }

  /** A piece from the middle of what somebody has put up. */
  async #listen(visitor, part) {
    await visitor.get("/api/v1/home");
    const whole = await visitor.bytes(`/api/v1/takes/${part.take}/original`);
    const start = Math.floor(this.dice() * (whole.length - 1000));
    const piece = await visitor.bytes(`/api/v1/takes/${part.take}/original`, { headers: { Range: `bytes=${start}-${start + 999}` } });
    if (!piece.equals(whole.subarray(start, start + 1000))) this.journal.fail(`take ${part.take}`, "a range isn't a piece of the whole");
  }

  async #round() {
    this.#stillOn();
    this.owner ??= await this.#someone();
    if (!this.guest || this.dice() < 0.4) this.guest = await this.#someone();
    const { owner, guest } = this;
    const song = await this.#putUp(owner);
    const follower = new Follower(owner, `/api/v1/events?song=${song.id}`, song.from);
    this.ledger.streams.push(Object.assign(follower, { song }));
    await this.#settled(owner, song);

    const part = await this.#offer(guest, song);
    await this.#settled(owner, song);
    const [verb, state] = this.dice() < 0.7 ? ["accept", "accepted"] : ["decline", "declined"];
    part.state = undecided; // until there is an answer
    part.state = (await owner.post(`/api/v1/parts/${part.id}/${verb}`)).state;
    if (part.state !== state) this.journal.fail(`part ${part.id}`, `is ${part.state} after ${verb}`);

    const now = await owner.get(`/api/v1/songs/${song.id}`);
    const channels = now.parts.filter((one) => one.state === "accepted").map((one) => channel(one, { gain_db: -Math.floor(this.dice() * 12) }));
    const mix = await owner.saveMix(song, channels);
    this.ledger.mixes.push({ id: mix.id, song });
    await this.#release(owner, song, mix);
    await this.#listen(owner, part);
    follower.complete = true; // nothing happens to this song any more
  }
}
