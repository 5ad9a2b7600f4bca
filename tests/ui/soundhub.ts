// SPDX-License-Identifier: AGPL-3.0-or-later
// A real soundhub with an empty data folder, and what a program does with its API to have something to look at.
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { test as base } from "@playwright/test";

const root = resolve(__dirname, "../..");

export class Server {
  readonly folder = mkdtempSync(join(tmpdir(), "soundhub-ui-"));
  url = "";
  private child: ChildProcess | undefined;

  async start(): Promise<void> {
    const port = await freePort();
    this.url = `http://127.0.0.1:${String(port)}`;
    const log = openSync(join(this.folder, "server.log"), "w");
    const args = ["serve", "--listen", `127.0.0.1:${String(port)}`, "--data", join(this.folder, "data")];
    args.push("--sign-ups-per-hour", "1000");
    this.child = spawn(program(), args, { stdio: ["ignore", log, log] });
    for (let tries = 0; tries < 200; tries++) {
      if (
        await fetch(`${this.url}/readyz`).then(
          (r) => r.ok,
          () => false,
        )
      )
        return;
      if (this.child.exitCode !== null) break;
      await new Promise((wake) => setTimeout(wake, 100));
    }
    throw new Error(`soundhub did not start:\n${readFileSync(join(this.folder, "server.log"), "utf8")}`);
  }

  async stop(): Promise<void> {
    const child = this.child;
    if (child && child.exitCode === null) {
      const ended = new Promise((resolveEnd) => child.once("exit", resolveEnd));
      child.kill("SIGTERM");
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A connection to the server that can be cut in the middle of what a browser sends. */
export class Wire {
  url = "";
  private readonly sockets = new Set<Socket>();
  private untilCut = Infinity;
  private cut = false;
  private readonly listener = createServer((near) => this.carry(near));

  constructor(private readonly server: Server) {}

  async start(): Promise<void> {
    await new Promise<void>((up) => this.listener.listen(0, "127.0.0.1", up));
    this.url = `http://127.0.0.1:${String((this.listener.address() as AddressInfo).port)}`;
  }

  stop(): void {
    this.drop();
    this.listener.close();
  }

  /** After so many more bytes from the browser, no connection holds until mend(). */
  cutAfter(bytes: number): void {
    this.untilCut = bytes;
  }

  mend(): void {
    this.cut = false;
    this.untilCut = Infinity;
  }

  private carry(near: Socket): void {
    if (this.cut) return void near.destroy();
    const far = connect(Number(new URL(this.server.url).port), "127.0.0.1");
    for (const socket of [near, far]) {
      this.sockets.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => this.sockets.delete(socket));
    }
    near.on("data", (data) => {
      this.untilCut -= data.length;
      if (this.untilCut > 0) return void far.write(data);
      this.cut = true;
      far.end(() => this.drop());
    });
    near.on("end", () => far.end());
    far.pipe(near);
  }

  private drop(): void {
    for (const socket of this.sockets) socket.destroy();
  }
}

export function program(): string {
  const wanted = process.env.SOUNDHUB_BIN;
  const found = [wanted, "build/dev/bin/soundhub", "build/release/bin/soundhub"]
    .filter((path): path is string => path !== undefined)
    .map((path) => resolve(root, path))
    .find((path) => existsSync(path));
  if (!found) throw new Error("no soundhub was built; script/build dev, or set SOUNDHUB_BIN");
  return found;
}

function freePort(): Promise<number> {
  return new Promise((found) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => found(port));
    });
  });
}

/** Sounds that look like something: a pulsing tone of so many seconds in the file's format. */
export function sound(folder: string, name: string, seconds: number, hertz = 220, pulse = 0.7): string {
  const file = join(folder, name);
  const wave = `0.6*sin(2*PI*${String(hertz)}*t)*(0.6+0.4*sin(2*PI*${String(pulse)}*t))*(0.6+0.4*sin(${String(pulse * 1.7)}*t))`;
  const source = `aevalsrc=${wave}:s=48000:d=${String(seconds)}`;
  execFileSync("ffmpeg", ["-v", "error", "-y", "-f", "lavfi", "-i", source, file]);
  return file;
}

export function picture(folder: string): string {
  const file = join(folder, "cover.png");
  execFileSync("ffmpeg", [
    "-v",
    "error",
    "-y",
    "-f",
    "lavfi",
    "-i",
    "gradients=s=800x600:seed=4",
    "-frames:v",
    "1",
    file,
  ]);
  return file;
}

interface Song {
  id: number;
  parts: {
    id: number;
    take: { id: number; state: string; frames: number };
    state: string;
  }[];
  releases: { id: number; state: string }[];
  mix?: { id: number };
}

/** A musician who uses the API as a program does. */
export class Musician {
  private token = "";
  constructor(
    private readonly server: Server,
    readonly nickname: string,
    readonly email: string,
    readonly password = "a plain long sentence",
  ) {}

  async signUp(): Promise<this> {
    const { email, nickname, password } = this;
    const session = await this.call<{ token: string }>("POST", "/api/v1/accounts", {
      email,
      nickname,
      password,
      bearer: true,
    });
    this.token = session.token;
    return this;
  }

  async logIn(): Promise<void> {
    const { email, password } = this;
    this.token = (
      await this.call<{ token: string }>("POST", "/api/v1/sessions", {
        email,
        password,
        bearer: true,
      })
    ).token;
  }

  async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const form = body instanceof FormData;
    const response = await fetch(this.server.url + path, {
      method,
      headers: {
        ...(this.token && { Authorization: `Bearer ${this.token}` }),
        ...(body !== undefined && !form && { "Content-Type": "application/json" }),
      },
      ...(body !== undefined && { body: form ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${String(response.status)} ${text}`);
    return (text === "" ? undefined : JSON.parse(text)) as T;
  }

  async upload(file: string): Promise<string> {
    const form = new FormData();
    form.append("file", new Blob([readFileSync(file)]), basename(file));
    return (await this.call<{ upload_id: string }>("POST", "/api/v1/uploads/form", form)).upload_id;
  }

  song(id: number): Promise<Song> {
    return this.call<Song>("GET", `/api/v1/songs/${String(id)}`);
  }

  async putUp(file: string, song: Record<string, unknown>): Promise<Song> {
    const made = await this.call<Song>("POST", "/api/v1/songs", {
      genre: "folk",
      licence: "cc-by-sa-4.0",
      ...song,
      upload_id: await this.upload(file),
    });
    return this.analysed(made.id);
  }

  async offer(songId: number, file: string, part: Record<string, unknown>): Promise<{ id: number }> {
    const body = { ...part, upload_id: await this.upload(file) };
    const made = await this.call<{ id: number }>("POST", `/api/v1/songs/${String(songId)}/parts`, body);
    await this.analysed(songId);
    return made;
  }

  /** The song when all its takes are analysed. */
  analysed(songId: number): Promise<Song> {
    return this.until(songId, (song) =>
      song.parts.every((part) => part.take.state === "ready" || part.take.state === "rejected"),
    );
  }

  /** Saves a mix of every accepted part and releases it. */
  async release(songId: number, note = ""): Promise<Song> {
    const song = await this.song(songId);
    const channels = song.parts
      .filter((part) => part.state === "accepted")
      .map((part) => ({
        part_id: part.id,
        take_id: part.take.id,
        gain_db: -3,
        pan: 0,
        muted: false,
        soloed: false,
        offset_frames: 0,
      }));
    const settings = {
      channels,
      master: { gain_db: 0, limiter: true, ceiling_dbtp: -1 },
    };
    const mix = await this.call<{ id: number }>("POST", `/api/v1/songs/${String(songId)}/mixes`, {
      settings,
      ...(song.mix && { parent_id: song.mix.id }),
    });
    await this.call("POST", `/api/v1/songs/${String(songId)}/releases`, {
      mix_id: mix.id,
      note,
    });
    return this.until(
      songId,
      (now) => now.releases.length > 0 && now.releases.every((release) => release.state !== "rendering"),
    );
  }

  private async until(songId: number, done: (song: Song) => boolean): Promise<Song> {
    for (let tries = 0; tries < 600; tries++) {
      const song = await this.song(songId);
      if (done(song)) return song;
      await new Promise((wake) => setTimeout(wake, 100));
    }
    throw new Error(`song ${String(songId)} never came so far`);
  }
}

/** One server for all tests of a file. */
export const test = base.extend<object, { server: Server }>({
  server: [
    // eslint-disable-next-line no-empty-pattern -- Playwright reads the names from here
    async ({}, use) => {
      const server = new Server();
      await server.start();
      await use(server);
      await server.stop();
    },
    { scope: "worker" },
  ],
});
export { expect } from "@playwright/test";
