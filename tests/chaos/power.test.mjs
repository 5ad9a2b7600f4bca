// SPDX-License-Identifier: AGPL-3.0-or-later
// One host, SQLite and a folder, at work when the power fails: again and again, at any moment.
//   SOUNDHUB_TEST_SEED   makes a run's dice the same again
import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { closeSync, existsSync, fsyncSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { OneProcess, eventually } from "../e2e/harness.mjs";
import { Band } from "./band.mjs";
import { Journal } from "./journal.mjs";
import { Ledger } from "./ledger.mjs";
import { PowerDisk } from "./power-disk.mjs";
import { random } from "./random.mjs";
import { pause } from "./visitor.mjs";

const skip = PowerDisk.impossible();
const seed = Number(process.env.SOUNDHUB_TEST_SEED ?? randomInt(2 ** 32));
const cuts = 8;
const options = ["--songs-per-hour", "1000", "--offers-per-hour", "1000"];
const dice = random(seed);
const journal = new Journal();
const ledger = new Ledger();
let disk, server, bands;

before(async () => {
  if (skip) return;
  process.stderr.write(`# SOUNDHUB_TEST_SEED=${seed}\n`);
  disk = new PowerDisk();
});
after(async () => {
  for (const band of bands ?? []) band.over = true;
  await Promise.all(ledger.streams.map((stream) => stream.stop()));
  await server?.stop();
  disk?.remove();
});

function flush(path) {
  const open = openSync(path);
  fsyncSync(open);
  closeSync(open);
}

test("a disk without power forgets what nobody has flushed, or this test would show nothing", { skip }, async () => {
  const file = (name) => join(disk.path, name);
  writeFileSync(file("flushed"), "here");
  for (const path of [file("flushed"), disk.path]) flush(path);
  writeFileSync(file("written"), "gone");
  await disk.cut(() => undefined);
  assert.deepEqual([existsSync(file("flushed")), existsSync(file("written"))], [true, false]);
});

async function powerFails() {
  const close = journal.openWindow();
  server.process.kill("SIGSTOP"); // the disk gets nothing more
  await disk.cut(async () => {
    server.process.kill("SIGKILL");
    await server.ended;
  });
  await server.launch(options);
  close();
}

async function lively(things) {
  const { size } = ledger;
  await eventually("life goes on", () => ledger.size >= size + things, 60);
}

test("nothing that was acknowledged is lost when the power fails, and nothing half done is left", { skip, timeout: 600_000 }, async () => {
  server = await OneProcess.start(disk.path, options);
  bands = [1, 2].map(() => new Band({ server, journal, ledger, dice: random(dice() * 2 ** 32) }).begin());
  for (let i = 0; i < cuts; ++i) {
    await lively(3);
    await pause(dice() * 1500);
    await powerFails();
    assert.deepEqual(await ledger.faults(), [], `after cut ${i + 1}`);
  }
  await lively(3);
  for (const band of bands) await band.stop();
  assert.deepEqual(journal.takeFailures(), []);
  assert.deepEqual(await ledger.faults(), []);
  assert.match(server.run("verify"), / 0 damaged, 0 missing/);
  assert.doesNotMatch(server.run("admin", "jobs"), /ingest|render|cover/);
  process.stderr.write(`# ${ledger.text()}; ${journal.asked} requests, ${journal.excused} failed while there was no power\n`);
});
