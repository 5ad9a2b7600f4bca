// SPDX-License-Identifier: AGPL-3.0-or-later
// A real SoundHub of its own for each test file, and musicians who use its API with fetch.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Cluster } from "../support/cluster.mjs";
import { eventually, soundhub } from "../support/program.mjs";

export { eventually, soundhub };

export class OneProcess {
  static async start(data = mkdtempSync(join(tmpdir(), "soundhub-e2e-")), options = [], settings = {}) {
    assert.ok(soundhub && existsSync(soundhub), "no soundhub program: build first, or set SOUNDHUB_BIN");
    const server = new OneProcess(data);
    server.environment = { ...process.env, ...settings };
    await server.launch(options);
    return server;
  }

  constructor(data) {
    this.data = data;
    this.log = [];
  }

  async launch(options = []) {
    this.process = spawn(soundhub, ["serve", "--listen", "127.0.0.1:0", "--data", this.data, "--sign-ups-per-hour", "1000", ...options], {
      stdio: ["ignore", "inherit", "pipe"],
      env: this.environment,
    });
    this.ended = new Promise((done) => this.process.once("exit", (code, signal) => done({ code, signal })));
    const address = await new Promise((found, failed) => {
      createInterface({ input: this.process.stderr }).on("line", (line) => {
        this.log.push(line);
        const at = line.match(/"serve\.listening","address":"([^"]+)"/);
        if (at) found(at[1]);
      });
      this.process.once("exit", () => failed(new Error(`soundhub ended at its start:\n${this.log.join("\n")}`)));
    });
    this.url = `http://${address}`;
  }

  /** kill -9, and a new process on the same folder. */
  async crash(options = []) {
    this.process.kill("SIGKILL");
    await this.ended;
    await this.launch(options);
  }

  async stop() {
    this.process.kill("SIGTERM");
    return this.ended;
  }

  async remove() {
    await this.stop();
    if (process.env.SOUNDHUB_E2E_LOG) process.stderr.write(`${this.log.filter((line) => !line.includes("http.request")).join("\n")}\n`);
    rmSync(this.data, { recursive: true, force: true });
  }

  /** Another verb of the program on the same folder. */
  run(...words) {
    return execFileSync(soundhub, [...words, "--data", this.data], { encoding: "utf8", env: this.environment, stdio: ["ignore", "pipe", "pipe"] });
  }

  /** A connection below HTTP. */
  connect(connected) {
    const { hostname, port } = new URL(this.url);
    return connect(Number(port), hostname, connected);
  }

  /** What the database holds, as text. */
  rows() {
    const files = readdirSync(this.data).filter((name) => name.startsWith("soundhub.db"));
    return Buffer.concat(files.map((name) => readFileSync(join(this.data, name)))).toString("latin1");
  }
}

/**
 * The suite runs twice. Row one: one process, SQLite, a folder. Row three: two hosts with nginx, `serve` and `work` each
 * on PostgreSQL and S3, behind nginx as load balancer with TLS (tests/e2e/row-three.mjs sets it up).
 */
export const rowThree = process.env.SOUNDHUB_TEST_ROW === "three";
export const Server = rowThree ? Cluster : OneProcess;

let count = 0;

/** Somebody with an account, who sends a bearer token. */
export class Musician {
  static async join(server, nickname = `player${++count}`) {
    const musician = new Musician(server, nickname);
    const session = await musician.post("/api/v1/accounts", {
      email: `${encodeURIComponent(nickname)}@example.org`,
      nickname,
      password: musician.password,
      bearer: true,
    });
    musician.token = session.token;
    musician.id = session.me.id;
    return musician;
  }

  constructor(server, nickname) {
    this.server = server;
    this.nickname = nickname;
    this.password = "correct horse battery";
  }

  async fetch(path, init = {}) {
    const headers = { ...(this.token ? { Authorization: `Bearer ${this.token}` } : {}), ...init.headers };
    return fetch(this.server.url + path, { redirect: "manual", ...init, headers });
  }

  async answer(response) {
    const text = await response.text();
    const body = text ? JSON.parse(text) : null;
    if (!response.ok) throw new Refused(response.status, body);
    return body;
  }

  async get(path) {
    return this.answer(await this.fetch(path));
  }

  async send(method, path, body) {
    const init = body === undefined ? { method } : { method, body: JSON.stringify(body), headers: { "Content-Type": "application/json" } };
    return this.answer(await this.fetch(path, init));
  }

  post(path, body = {}) {
    return this.send("POST", path, body);
  }

  /** tus: created, then sent in pieces; the id that names it afterwards. */
  async upload(file, { piece = 1 << 20, name = "riff.wav" } = {}) {
    const bytes = typeof file === "string" ? readFileSync(file) : file;
    const location = await this.beginUpload(bytes.length, name);
    for (let at = 0; at < bytes.length; ) at = await this.append(location, at, bytes.subarray(at, at + piece));
    return location.split("/").at(-1);
  }

  async beginUpload(length, name = "riff.wav") {
    const made = await this.fetch("/api/v1/uploads", {
      method: "POST",
      headers: {
        "Tus-Resumable": "1.0.0",
        "Upload-Length": String(length),
        "Upload-Metadata": `filename ${Buffer.from(name).toString("base64")}`,
      },
    });
    if (made.status !== 201) throw new Refused(made.status, await made.json());
    return made.headers.get("location");
  }

  async append(location, offset, bytes) {
    const sent = await this.fetch(location, {
      method: "PATCH",
      headers: {
        "Tus-Resumable": "1.0.0",
        "Upload-Offset": String(offset),
        "Content-Type": "application/offset+octet-stream",
      },
      body: bytes,
    });
    if (sent.status !== 204) throw new Refused(sent.status, await sent.json());
    return Number(sent.headers.get("upload-offset"));
  }

  async offset(location) {
    const head = await this.fetch(location, { method: "HEAD", headers: { "Tus-Resumable": "1.0.0" } });
    return head.status === 200 ? Number(head.headers.get("upload-offset")) : undefined;
  }

  async putUp(file, fields = {}) {
    return this.post("/api/v1/songs", {
      title: "한강 밤 산책",
      instrument: "guitar",
      genre: "rnb",
      licence: "cc-by-sa-4.0",
      upload_id: await this.upload(file),
      ...fields,
    });
  }

  async offer(song, file, fields = {}) {
    return this.post(`/api/v1/songs/${song.id}/parts`, { instrument: "drums", upload_id: await this.upload(file), ...fields });
  }

  /** The song once no take in it is being looked at any more. */
  async settled(song, seconds = 60) {
    return eventually(`takes of song ${song.id}`, async () => {
      const now = await this.get(`/api/v1/songs/${song.id}`);
      return now.parts.every(({ take }) => ["ready", "rejected"].includes(take.state)) && now;
    }, seconds);
  }

  async saveMix(song, channels, master = {}, parent) {
    return this.post(`/api/v1/songs/${song.id}/mixes`, {
      ...(parent ? { parent_id: parent.id } : {}),
      settings: { channels, master: { gain_db: 0, limiter: true, ceiling_dbtp: -1, ...master } },
    });
  }

  async release(song, mix, seconds = 120) {
    const begun = await this.post(`/api/v1/songs/${song.id}/releases`, { mix_id: mix.id });
    return eventually(`release ${begun.id}`, async () => {
      const now = await this.get(`/api/v1/releases/${begun.id}`);
      assert.notEqual(now.state, "failed", `release failed: ${now.error_key}`);
      return now.state === "ready" && now;
    }, seconds);
  }
}

/** A channel of a mix for a part of a song. */
export const channel = (part, settings = {}) => ({
  part_id: part.id,
  take_id: part.take.id,
  gain_db: 0,
  pan: 0,
  muted: false,
  soloed: false,
  offset_frames: 0,
  ...settings,
});

export class Refused extends Error {
  constructor(status, problem) {
    super(`${status} ${problem?.key}`);
    this.status = status;
    this.problem = problem;
    this.key = problem?.key;
  }
}

/** assert.rejects for a problem with this status and key. */
export const refused = (status, key) => (error) => {
  assert.ok(error instanceof Refused, String(error));
  assert.deepEqual([error.status, error.key], [status, key]);
  return true;
};

/** An audio file made by ffmpeg: `source` is a lavfi graph. */
export function audio(folder, name, source, args = []) {
  const path = join(folder, name);
  execFileSync("ffmpeg", ["-v", "error", "-y", "-f", "lavfi", "-i", source, ...args, path]);
  return path;
}

/** The file's sound as 48 kHz stereo float samples, by ffmpeg. */
export function decode(bytes, channels = 2) {
  const pcm = execFileSync("ffmpeg", ["-v", "error", "-i", "pipe:0", "-f", "f32le", "-ar", "48000", "-ac", String(channels), "pipe:1"], {
    input: bytes,
    maxBuffer: 1 << 30,
  });
  return new Float32Array(pcm.buffer, pcm.byteOffset, pcm.length / 4);
}
