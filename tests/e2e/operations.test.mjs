// SPDX-License-Identifier: AGPL-3.0-or-later
// What an operator asks of the program: settings, diagnosis, figures, a copy taken while musicians work.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Musician, OneProcess, Server, audio, eventually, rowThree, soundhub } from "./harness.mjs";
import { freePort } from "../support/program.mjs";

let server, folder, metricsPort;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), "soundhub-operate-"));
  metricsPort = await freePort();
  server = await Server.start(undefined, rowThree ? [] : ["--metrics-listen", `127.0.0.1:${metricsPort}`]);
});
after(async () => {
  await server?.remove();
  rmSync(folder, { recursive: true, force: true });
});

const ask = (words, environment = {}) => spawnSync(soundhub, words, { env: { PATH: process.env.PATH, ...environment }, encoding: "utf8" });

test("check-config shows each value and where it comes from, and no secret", () => {
  writeFileSync(join(folder, "hub.conf"), "workers = 3\n");
  const { status, stdout } = ask(["check-config", "--config", join(folder, "hub.conf"), "--log-level", "warn"], { SOUNDHUB_S3_SECRET_KEY: "hush", SOUNDHUB_S3_ACCESS_KEY: "hush too" });
  assert.equal(status, 0);
  assert.match(stdout, /^workers +3 +.*hub\.conf$/m);
  assert.match(stdout, /^log-level +warn +command line$/m);
  assert.match(stdout, /^s3-secret-key +\(set\) +environment$/m);
  assert.doesNotMatch(stdout, /hush/);
});

test("a password in an address is not printed", () => {
  const { stdout } = ask(["check-config"], { SOUNDHUB_DATABASE: "postgres://hub:hush@db.example/hub" });
  assert.match(stdout, /postgres:\/\/hub:…@db\.example/);
});

test("a typo ends every verb with 2 before anything is touched", () => {
  for (const verb of ["serve", "work", "migrate", "backup", "verify", "doctor"]) {
    const { status, stderr } = ask([verb], { SOUNDHUB_DATABSE: "x" });
    assert.equal(status, 2, verb);
    assert.match(stderr, /databse/);
  }
});

test("every verb has a manual", () => {
  const { stdout } = ask(["--help"]);
  const verbs = [...stdout.matchAll(/^ {2}([a-z-]+) /gm)].map((match) => match[1]);
  assert.ok(verbs.length > 10);
  for (const verb of verbs) {
    const { status, stdout: manual } = ask([verb, "--help"]);
    assert.equal(status, 0, verb);
    assert.match(manual, new RegExp(`soundhub ${verb}`));
  }
});

test("doctor finds nothing wrong with what runs", () => {
  assert.match(server.run("doctor"), /ok +media child[^]*ok +blob store/);
});

test("doctor says what is wrong and what to do", () => {
  const { status, stdout } = ask(["doctor", "--data", join(folder, "d"), "--database", "postgres://nobody@127.0.0.1:1/x", "--blobs", "s3://b", "--s3-endpoint", "http://127.0.0.1:1"], {
    SOUNDHUB_S3_ACCESS_KEY: "a",
    SOUNDHUB_S3_SECRET_KEY: "b",
  });
  assert.equal(status, 1);
  assert.match(stdout, /WRONG database: storage\.unreachable[^]*Check `database`/);
  assert.match(stdout, /WRONG blob store: blob\.unreachable/);
});

test("doctor tells of all jobs that were given up in one line, and what to do", async () => {
  const own = await OneProcess.start(undefined, ["--worker", "no"]);
  try {
    const anna = await Musician.join(own);
    for (const title of ["Lost", "Lost too"]) await anna.putUp(audio(folder, `${title}.wav`, "sine=duration=1"), { title });
    await own.stop();
    rmSync(join(own.data, "blobs"), { recursive: true });
    await own.launch();
    await eventually("both are given up", () => own.run("admin", "jobs").match(/ingest of/g)?.length === 2);
    const { status, stdout } = ask(["doctor", "--data", own.data]);
    assert.equal(status, 1);
    assert.match(stdout, /^WRONG jobs: 2 of ingest given up\n +`soundhub admin jobs` says why; `soundhub admin retry JOB`/m);
    assert.equal(stdout.match(/WRONG/g).length, 1);
  } finally {
    await own.remove();
  }
});

test("metrics count requests, jobs and media children", { skip: rowThree && "there they are of each process" }, async () => {
  const anna = await Musician.join(server);
  await anna.settled(await anna.putUp(audio(folder, "m.wav", "sine=duration=1")));
  await anna.settled(await anna.putUp(Buffer.from("no sound at all")));
  const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
  assert.match(text, /soundhub_http_requests_total\{method="POST",route="\/api\/v1\/songs",status="2xx"\} 2/);
  assert.match(text, /soundhub_job_attempts_total\{kind="ingest",outcome="done"\} 2/);
  assert.match(text, /soundhub_media_failures_total\{work="ingest",error="take\.[a-z_]+"\} 1/);
  assert.match(text, /soundhub_database_up 1/);
  assert.match(text, /soundhub_blob_seconds_count\{operation="commit"\} [1-9]/);
  assert.doesNotMatch(await (await fetch(`${server.url}/metrics`)).text(), /soundhub_jobs/, "not on the app's address");
});

test("one id joins what serve and work say of a request", async () => {
  const anna = await Musician.join(server);
  const body = JSON.stringify({ title: "Id", instrument: "bass", genre: "rock", licence: "cc0-1.0", upload_id: await anna.upload(audio(folder, "id.wav", "sine=duration=1")) });
  const answer = await anna.fetch("/api/v1/songs", { method: "POST", body, headers: { "Content-Type": "application/json" } });
  assert.equal(answer.status, 201);
  const id = answer.headers.get("x-request-id");
  await eventually("the worker's line", () => server.log.some((line) => line.includes('"job.done"') && line.includes(`"request":"${id}"`)));
});

test("SIGHUP takes the log level again from the file", { skip: rowThree && "a container is started anew" }, async () => {
  const file = join(folder, "level.conf");
  writeFileSync(file, "log-level = info\n");
  const own = await Server.start(undefined, ["--config", file]);
  try {
    writeFileSync(file, "log-level = error\n");
    const asked = () => own.log.filter((line) => line.includes('"http.request"')).length;
    await fetch(`${own.url}/healthz`);
    await eventually("a request in the log", () => asked() > 0);
    own.process.kill("SIGHUP");
    const before = asked();
    await eventually("requests that aren't logged any more", async () => {
      const seen = asked();
      await fetch(`${own.url}/healthz`);
      await fetch(`${own.url}/healthz`);
      return asked() === seen && seen >= before;
    });
    writeFileSync(file, "log-level = loud\n");
    own.process.kill("SIGHUP");
    await eventually("the mistake in the log", () => own.log.some((line) => line.includes("config.not_reloaded")));
  } finally {
    await own.remove();
  }
});

test("moving from where nothing is says so and makes nothing", () => {
  const nowhere = join(folder, "nowhere.db");
  const moved = ask(["migrate", "--from", `sqlite:${nowhere}`, "--to", `sqlite:${join(folder, "to.db")}`]);
  assert.equal(moved.status, 1);
  assert.match(moved.stderr, /isn't there/);
  const copied = ask(["blobs", "copy", "--from", `folder:${nowhere}`, "--to", `folder:${join(folder, "to")}`]);
  assert.equal(copied.status, 1);
  assert.ok(!existsSync(nowhere) && !existsSync(join(folder, "to.db")) && !existsSync(join(folder, "to")));
});

test("a backup taken while musicians work is whole as of one moment, and comes back elsewhere", { timeout: 180_000 }, async () => {
  const anna = await Musician.join(server);
  const file = audio(folder, "before.flac", "anoisesrc=duration=8:color=pink:amplitude=0.3:seed=11");
  const song = await anna.settled(await anna.putUp(file, { title: "Before" }));
  let working = true;
  const busy = (async () => {
    for (let i = 0; working; ++i) await anna.putUp(audio(folder, `w${i % 3}.wav`, `sine=frequency=${200 + i}:duration=1`), { title: `Meanwhile ${i}` });
  })();
  const backup = join(folder, "backup");
  assert.match(server.run("backup", "--to", backup), /The backup is in/);
  working = false;
  await busy;
  await anna.putUp(audio(folder, "after.wav", "sine=duration=1"), { title: "After" });

  const data = join(folder, "restored");
  const restored = ask(["restore", "--from", backup, "--data", data]);
  assert.equal(restored.status, 0, restored.stderr);
  assert.match(ask(["verify", "--data", data]).stdout, / 0 damaged, 0 missing/);
  assert.equal(ask(["restore", "--from", backup, "--data", data]).status, 1, "never over what is there");
  const titles = (await anna.get("/api/v1/songs?limit=50")).songs.map((found) => found.title);
  assert.ok(titles.includes("Before"));

  const again = await OneProcess.start(data);
  try {
    const there = new Musician(again, anna.nickname);
    there.token = anna.token;
    const bytes = Buffer.from(await (await there.fetch(`/api/v1/takes/${song.parts[0].take.id}/original`)).arrayBuffer());
    assert.deepEqual(bytes, readFileSync(file));
    assert.ok(!(await there.get("/api/v1/songs?limit=50")).songs.some((found) => found.title === "After"));
  } finally {
    await again.stop();
  }
});

test("a backup into a folder that can't be written fails, and says so", { skip: process.getuid?.() === 0 && "root may write everywhere" }, () => {
  const locked = mkdtempSync(join(tmpdir(), "soundhub-locked-"));
  chmodSync(locked, 0o500);
  try {
    assert.throws(() => server.run("backup", "--to", locked), /data/);
  } finally {
    rmSync(locked, { recursive: true });
  }
});
