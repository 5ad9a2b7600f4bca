// SPDX-License-Identifier: AGPL-3.0-or-later
// What every test that starts programs needs.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const usual = ["build/dev/bin/soundhub", "build/release/bin/soundhub"].map((path) => join(root, path));
export const soundhub = process.env.SOUNDHUB_BIN ?? usual.find((path) => existsSync(path));

/** Resolves when `probe` gives something; fails loudly after `seconds`. */
export async function eventually(what, probe, seconds = 60) {
  const until = Date.now() + seconds * 1000;
  for (;;) {
    const found = await probe();
    if (found) return found;
    assert.ok(Date.now() < until, `${what}: not within ${seconds} s`);
    await new Promise((done) => setTimeout(done, 50));
  }
}

export async function freePort() {
  const server = createServer();
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

/**
 * Starts a program of tests/support that says in one line of JSON where it is and ends with its standard input, and so
 * with this process, however that ends: what it said, and stop().
 */
export async function startSupport(name, ...words) {
  const child = spawn(join(root, "tests/support", name), words, { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout });
  const first = await Promise.race([once(lines, "line"), once(child, "exit").then(() => undefined)]);
  if (!first) throw new Error(`tests/support/${name} didn't start; what it says is above`);
  return {
    ...JSON.parse(first[0]),
    async stop() {
      child.stdin.end();
      if (child.exitCode === null) await once(child, "exit");
    },
  };
}
