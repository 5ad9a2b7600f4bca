// SPDX-License-Identifier: AGPL-3.0-or-later
// A real soundhub with a song to mix: started, filled through its API like anyone's, stopped.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { sampleRate, wavFile } from "../../support/wav.mjs";

const root = resolve(import.meta.dirname, "../../..");

/** @returns {Promise<number>} */
const freePort = () =>
  new Promise((done) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => done(typeof address === "object" && address !== null ? address.port : 0));
    });
  });

/** Starts $SOUNDHUB_BIN (build/release/bin/soundhub) on `folder`, or on an empty one that goes with it. @param {string} [folder] */
export async function startServer(folder) {
  const program = resolve(root, process.env.SOUNDHUB_BIN ?? "build/release/bin/soundhub");
  const data = folder ?? mkdtempSync(join(tmpdir(), "soundhub-mixer-"));
  const url = `http://127.0.0.1:${await freePort()}`;
  const child = spawn(program, ["serve", "--listen", url.slice(7), "--data", data], { stdio: "ignore" });
  const gone = new Promise((done) => child.once("exit", done));
  await until(
    () =>
      fetch(`${url}/readyz`).then(
        (r) => r.ok,
        () => false,
      ),
    "the server",
    30_000,
  );
  const stop = async () => {
    child.kill("SIGTERM");
    await gone;
    if (folder === undefined) rmSync(data, { recursive: true, force: true });
  };
  return { url, stop };
}

/** @param {() => Promise<boolean> | boolean} ready @param {string} what @param {number} ms */
export async function until(ready, what, ms) {
  const end = Date.now() + ms;
  while (!(await ready())) {
    if (Date.now() > end) throw new Error(`${what} was not ready in ${ms} ms`);
    await sleep(100);
  }
}

/** A program's user, with a bearer token. @param {string} url @param {string} nickname */
export async function signUp(url, nickname) {
  const password = "correct horse battery";
  const email = `${nickname}@example.org`;
  const { token } = await request(url, undefined, "POST", "/api/v1/accounts", {
    email,
    nickname,
    password,
    bearer: true,
  });
  /** @param {string} method @param {string} path @param {unknown} [body] @returns {Promise<any>} */
  const call = (method, path, body) => request(url, token, method, path, body);
  return { email, nickname, password, call };
}

/** @param {string} url @param {string | undefined} token @param {string} method @param {string} path @param {unknown} body */
async function request(url, token, method, path, body) {
  const headers = new Headers(token === undefined ? {} : { Authorization: `Bearer ${token}` });
  if (body !== undefined && !(body instanceof FormData)) headers.set("Content-Type", "application/json");
  const payload = body === undefined || body instanceof FormData ? (body ?? null) : JSON.stringify(body);
  const response = await fetch(url + path, { method, headers, body: payload });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return text === "" ? undefined : JSON.parse(text);
}

/** @typedef {Awaited<ReturnType<typeof signUp>>} User */

/**
 * Stereo, 16 bit: a note of `hz` twice a second over some noise.
 * @param {number} seconds @param {number} hz @param {number} [noise] its level
 */
export function makeWav(seconds, hz, noise = 0.01) {
  const frames = Math.round(seconds * sampleRate);
  const samples = new Int16Array(frames * 2);
  for (let i = 0, seed = hz; i < frames; ++i) {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    const tone = Math.sin((2 * Math.PI * hz * i) / sampleRate) * Math.exp(-6 * ((i % (sampleRate / 2)) / sampleRate));
    const value = tone * 0.25 + (seed / 2 ** 31 - 1) * noise;
    samples.set([Math.round(value * 32767), Math.round(value * 30000)], i * 2);
  }
  return wavFile(samples);
}

/** @param {User} user @param {Buffer} wav */
async function upload(user, wav) {
  const form = new FormData();
  form.append("file", new Blob([new Uint8Array(wav)]), "part.wav");
  return (await user.call("POST", "/api/v1/uploads/form", form)).upload_id;
}

const INSTRUMENTS = ["guitar", "vocal", "bass", "drums", "keys", "strings", "winds", "other"];

/**
 * A song of `count` parts of its owner, all ready to be mixed.
 * @param {User} owner @param {number} count @param {number} seconds @param {number} [noise]
 */
export async function makeSong(owner, count, seconds, noise) {
  const wav = (/** @type {number} */ i) => makeWav(seconds, 110 * (i + 1), noise);
  const said = {
    title: "Riverside walk",
    genre: "pop",
    licence: "cc-by-4.0",
    tempo_bpm: 120,
    musical_key: "Eb",
    text: "",
  };
  const upload_id = await upload(owner, wav(0));
  const { id } = await owner.call("POST", "/api/v1/songs", {
    ...said,
    instrument: "guitar",
    upload_id,
  });
  for (let i = 1; i < count; ++i) await offer(owner, id, INSTRUMENTS[i % INSTRUMENTS.length] ?? "other", wav(i));
  await untilReady(owner, id);
  return id;
}

/** @param {User} user @param {number} songId @param {string} instrument @param {Buffer} wav */
export async function offer(user, songId, instrument, wav) {
  const upload_id = await upload(user, wav);
  return user.call("POST", `/api/v1/songs/${songId}/parts`, {
    instrument,
    upload_id,
    note: "",
  });
}

/** @param {User} user @param {number} songId */
export async function untilReady(user, songId) {
  const ready = async () => {
    const { parts } = await user.call("GET", `/api/v1/songs/${songId}`);
    return parts.every((/** @type {any} */ part) => part.take.state === "ready");
  };
  await until(ready, "every part", 600_000);
}
