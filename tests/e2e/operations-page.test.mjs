// SPDX-License-Identifier: AGPL-3.0-or-later
// docs/operations.md is true: its table is the program's, and its commands, run in their order, do what it says.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { Musician, audio, eventually, soundhub } from "./harness.mjs";
import { emptyStores } from "../support/cluster.mjs";
import { freePort, root, startSupport } from "../support/program.mjs";

const page = readFileSync(join(root, "docs/operations.md"), "utf8");
const boxes = [...page.matchAll(/^```sh\n(.*?)^```/gms)].map((match) => match[1]);

let folder, postgres, s3, environment, ports;
const servers = [];

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "soundhub-operations-"));
  for (const name of ["etc", "srv", "backup"]) mkdirSync(join(folder, name));
  [postgres, s3] = await Promise.all([startSupport("postgres"), startSupport("swift")]);
  const { SOUNDHUB_DATABASE: database, SOUNDHUB_BLOBS: blobs, ...service } = emptyStores(postgres, s3);
  environment = { ...process.env, ...service, PATH: `${dirname(soundhub)}:${process.env.PATH}`, DATABASE: database, BLOBS: blobs };
  ports = { 8000: await freePort(), 8001: await freePort(), 9100: await freePort() };
});
after(async () => {
  await stopServers();
  await Promise.all([postgres?.stop(), s3?.stop()]);
  rmSync(folder, { recursive: true, force: true });
});

/** The page's places and ports as those of this test. */
const here = (text) =>
  text.replaceAll(/(?<![\w.$/])\/(etc|srv|backup)\b/g, `${folder}/$1`).replaceAll(/127\.0\.0\.1:(\d+)/g, (_, port) => `127.0.0.1:${ports[port]}`);

const shell = (text) => execFileSync("bash", ["-euc", here(text)], { env: environment, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

/** Runs a box as an operator would: servers stay up, the rest must end well. What it printed. */
async function run(box) {
  const lines = box.split("\n").filter((line) => line.startsWith("soundhub serve"));
  const printed = shell(box.split("\n").filter((line) => !lines.includes(line)).join("\n"));
  for (const line of lines) {
    const child = spawn("bash", ["-c", `exec ${here(line)}`], { env: environment, stdio: "ignore" });
    servers.push({ child, ended: new Promise((done) => child.once("exit", done)) });
    await eventually("the server is ready", () => fetch(url(8000, "/readyz")).then((response) => response.ok, () => false));
  }
  return printed;
}

async function stopServers() {
  for (const { child } of servers) child.kill("SIGTERM");
  await Promise.all(servers.splice(0).map(({ ended }) => ended));
}

const url = (port, path = "") => `http://127.0.0.1:${ports[port]}${path}`;

/** The one box that has these words; each is taken once. */
function box(words) {
  const found = boxes.filter((text) => text.includes(words));
  assert.ok(found.length >= 1, `no box with '${words}'`);
  boxes.splice(boxes.indexOf(found[0]), 1);
  return found[0];
}

test("the table of settings is the program's", () => {
  const [, table] = page.match(/<!-- settings -->\n(.*)<!-- \/settings -->/s);
  assert.equal(table, execFileSync(soundhub, ["check-config", "--table"], { encoding: "utf8" }), "soundhub check-config --table");
});

test("what it links to is there", () => {
  for (const [, target] of page.matchAll(/\]\(([^)#]+)\)/g)) assert.ok(existsSync(join(root, "docs", target)), target);
});

test("one host, then many, backup, restore and upkeep: every command of the page, in its order", { timeout: 300_000 }, async () => {
  const one = await run(box("check-config"));
  assert.match(one, /listen +\S+ +.*soundhub\.conf/);
  const anna = await Musician.join({ url: url(8000) }, "anna");
  const file = audio(folder, "riff.flac", "anoisesrc=duration=12:color=pink:amplitude=0.3:seed=7");
  const song = await anna.settled(await anna.putUp(file));
  await run(box("admin promote"));

  const metrics = await run(box("/metrics"));
  assert.match(metrics, /soundhub_job_attempts_total\{kind="ingest",outcome="done"\} 1/);
  assert.match(await run(box("admin reset-password")), /\/password\/new#\S+/);
  await stopServers();

  assert.match(await run(box("migrate --from")), /rows in \d+ tables copied and compared[^]*blobs copied \([1-9]\d* bytes\), 0 there already, 0 damaged/);
  assert.match(await run(box("database = $DATABASE")), /ok +database: postgres:[^]* 0 damaged, 0 missing/);
  await run("soundhub serve --config /etc/soundhub.conf");
  const moved = new Musician({ url: url(8000) }, "anna");
  moved.token = anna.token;
  const take = async (musician) => Buffer.from(await (await musician.fetch(`/api/v1/takes/${song.parts[0].take.id}/original`)).arrayBuffer());
  assert.deepEqual(await take(moved), readFileSync(file), "the session and the take came along");

  const copy = box("backup --to");
  assert.match(await run(copy), /The backup is in/);
  assert.match(await run(copy), / 0 blobs copied|^0 blobs copied/m, "a second one finds the blobs there");
  assert.match(await run(box("restore --from")), /Restored[^]* 0 damaged, 0 missing/);
  await run(box("soundhub migrate --config"));
  assert.match(await run(box("soundhub sweep")), /No job was given up[^]* 0 damaged, 0 missing[^]*removed/);
  assert.deepEqual(boxes, [], "every box was run");
});
