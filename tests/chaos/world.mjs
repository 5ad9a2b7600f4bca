// SPDX-License-Identifier: AGPL-3.0-or-later
// The whole thing, people in it, and what can happen to it.
import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { promisify } from "node:util";
import { Cluster, haproxy, processesOf } from "../support/cluster.mjs";
import { eventually, soundhub, startSupport } from "../support/program.mjs";
import { FaultProxy, startSwift } from "../support/s3.mjs";
import { Band } from "./band.mjs";
import { Journal } from "./journal.mjs";
import { Ledger } from "./ledger.mjs";
import { Island } from "./network.mjs";
import { random } from "./random.mjs";
import { TinyDisk } from "./tiny-disk.mjs";

const bin = "/usr/lib/postgresql/15/bin";
const asPostgres = process.getuid() === 0 ? ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups"] : [];

/** The children of these processes that run this program. */
function childrenOf(pids, program) {
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map(Number).filter((pid) => {
    try {
      const parent = Number(readFileSync(`/proc/${pid}/stat`, "utf8").match(/\) \S+ (\d+)/s)[1]);
      return pids.includes(parent) && readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0")[0].endsWith(program);
    } catch {
      return false; // gone meanwhile
    }
  });
}

export class World {
  journal = new Journal();
  ledger = new Ledger();
  bands = [];
  undo = [];

  static async start(seed, bands = 2) {
    const world = new World();
    world.dice = random(seed);
    try {
      await world.#build();
    } catch (error) {
      await world.remove();
      throw error;
    }
    world.bands = Array.from({ length: bands }, () => new Band({ server: world.cluster, journal: world.journal, ledger: world.ledger, dice: random(world.dice() * 2 ** 32) }).begin());
    return world;
  }

  async #build() {
    [this.postgres, this.s3] = await Promise.all([startSupport("postgres", "--durable"), startSwift()]);
    this.undo.push(() => Promise.all([this.postgres.stop(), this.s3.stop()]));
    this.proxy = await new FaultProxy().start(this.s3.endpoint);
    this.undo.push(() => this.proxy.stop());
    const options = ["--songs-per-hour", "1000", "--offers-per-hour", "1000", "--log-level", process.env.SOUNDHUB_CHAOS_LOG ?? "info"];
    this.cluster = await Cluster.start(undefined, options, {
      postgres: this.postgres,
      s3: { ...this.s3, endpoint: this.proxy.endpoint },
      hosts: [this.#tinyDisk(), await this.#island()],
      balancer: haproxy,
    });
    this.undo.push(() => this.cluster.remove());
  }

  // Host 0 keeps what it is about to send to S3 on a disk of 24 MB.
  #tinyDisk() {
    if (TinyDisk.impossible()) return {};
    this.disk = new TinyDisk(24);
    this.undo.push(() => this.disk.remove());
    return { settings: () => ({ TMPDIR: this.disk.path }) };
  }

  // Host 1 is at the end of a cable.
  async #island() {
    if (Island.impossible()) return {};
    const island = (this.island = new Island());
    this.undo.push(() => island.remove());
    const ports = [this.postgres.port, Number(new URL(this.proxy.endpoint).port)];
    for (const port of ports) this.undo.push(await island.pass(port));
    const across = (url) => url.replace("127.0.0.1", island.outside);
    const settings = (stores) => ({
      NGINX_TRUSTED_PROXIES: island.outside,
      SOUNDHUB_DATABASE: across(stores.SOUNDHUB_DATABASE),
      SOUNDHUB_S3_ENDPOINT: across(stores.SOUNDHUB_S3_ENDPOINT),
    });
    return { address: island.inside, through: island.through, settings };
  }

  async remove() {
    for (const band of this.bands) band.over = true;
    await Promise.all(this.ledger.streams.map((stream) => stream.stop()));
    for (const undo of this.undo.reverse()) await undo();
    this.undo = [];
  }

  // What happens.

  serves(host) {
    return processesOf(host.child.pid, ["serve"]);
  }
  works(host) {
    return processesOf(host.child.pid, ["work"]);
  }
  /** The hosts whose worker has a decoding or rendering child just now. */
  busyHosts() {
    return this.cluster.hosts.filter((host) => childrenOf(this.works(host), "soundhub-media").length > 0);
  }

  kill(pids, signal = "SIGKILL") {
    assert.ok(pids.length > 0, "there is nothing to kill");
    for (const pid of pids) process.kill(pid, signal);
  }

  terminateBackends(where) {
    return this.cluster.sql(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND ${where}`).length;
  }

  restartPostgres() {
    const { folder } = this.postgres;
    execFileSync(asPostgres[0] ?? "env", [...asPostgres.slice(1), `${bin}/pg_ctl`, "-D", `${folder}/data`, "-l", `${folder}/data/log`, "-m", "immediate", "-w", "restart"], { cwd: folder, stdio: "ignore" });
  }

  /** A verb of the program. cluster.run would wait for it, and the proxy before S3 is in this process. */
  async run(...words) {
    const { stdout } = await promisify(execFile)(soundhub, words, { env: { ...process.env, ...this.cluster.settings } });
    return stdout;
  }

  // How it is afterwards.

  /** The host works, and the load balancer has seen it. */
  async fit(host) {
    const answers = await fetch(`${host.url}/readyz`, { signal: AbortSignal.timeout(2000) }).then((response) => response.ok, () => false);
    return answers && this.cluster.inBalancer(host);
  }

  async ready() {
    for (const host of this.cluster.hosts) await eventually(`${host.name} is ready`, () => this.fit(host), 90);
  }

  /** Life goes on: so many things more were acknowledged and so many requests answered. */
  async lively(things = 4, requests = 40) {
    const { size } = this.ledger, { asked } = this.journal;
    await eventually("life goes on", () => this.ledger.size >= size + things && this.journal.asked >= asked + requests, 120);
  }

  /** One fault: what went wrong because of it may, what goes wrong afterwards may not. */
  async during(fault) {
    assert.deepEqual(this.journal.takeFailures(), [], "before the fault");
    const close = this.journal.openWindow();
    try {
      await fault();
      await this.ready();
    } finally {
      close();
    }
    await this.lively();
    await this.check();
  }

  async check() {
    assert.deepEqual(await this.ledger.faults(), []);
    this.nothingTwice();
    await this.streamsComplete();
    assert.deepEqual(this.journal.takeFailures(), []);
    process.stderr.write(`# ${this.ledger.text()}; ${this.journal.asked} requests, ${this.journal.excused} failed during faults, the slowest of the others ${this.journal.slowest.what} (${this.journal.slowest.ms} ms)\n`);
  }

  nothingTwice() {
    const { cluster } = this;
    for (const [type, subject] of [["take.ready", "take_id"], ["release.ready", "release_id"], ["release.started", "release_id"], ["song.created", "song_id"]])
      assert.deepEqual(cluster.sql(`SELECT ${subject}, count(*) FROM outbox WHERE type = '${type}' GROUP BY 1 HAVING count(*) > 1`), [], `${type} told twice`);
    assert.deepEqual(cluster.sql("SELECT kind, subject, count(*) FROM jobs WHERE kind IN ('ingest', 'render') GROUP BY 1, 2 HAVING count(*) > 1"), [], "two jobs for one thing");
    assert.deepEqual(cluster.sql("SELECT id, kind, subject, last_error FROM jobs WHERE state = 'dead'"), [], "given up");
    assert.deepEqual(cluster.sql("SELECT t.id FROM takes t JOIN jobs j ON j.kind = 'ingest' AND j.subject = t.id WHERE j.state = 'done' AND t.state <> 'ready'"), [], "done, and its take isn't");
  }

  /** Each stream has exactly the song's events, in order, through however many breaks. */
  async streamsComplete() {
    for (const stream of this.ledger.streams.filter(({ complete, compared }) => complete && !compared)) {
      const happened = this.cluster.sql(`SELECT id FROM outbox WHERE song_id = ${stream.song.id} AND id > ${stream.from} ORDER BY id`).map(([id]) => Number(id));
      await eventually(`the events of song ${stream.song.id}`, () => stream.lastId >= happened.at(-1), 30);
      assert.deepEqual(stream.events.map(({ id }) => id), happened, `events of song ${stream.song.id}`);
      await stream.stop();
      stream.compared = true;
    }
  }

  /** Everybody goes home, and all that was begun is brought to its end. */
  async end() {
    await Promise.all(this.bands.map((band) => band.stop()));
    for (const stream of this.ledger.streams) stream.complete = true;
    await eventually("the queue is empty", () => this.cluster.sql("SELECT id FROM jobs WHERE state IN ('queued', 'running')").length === 0, 120);
    for (const { id, song } of this.ledger.releases) assert.equal((await song.owner.get(`/api/v1/releases/${id}`)).state, "ready", `release ${id}`);
  }
}
