// SPDX-License-Identifier: AGPL-3.0-or-later
// Resumable uploads, and what a kill -9 leaves of them.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Musician, Server, audio, channel, eventually, refused } from "./harness.mjs";

let server, files;
before(async () => {
  server = await Server.start();
  files = mkdtempSync(join(tmpdir(), "soundhub-uploads-"));
});
after(async () => {
  await server?.remove();
  rmSync(files, { recursive: true, force: true });
});

const original = async (musician, take) => Buffer.from(await (await musician.fetch(`/api/v1/takes/${take.id}/original`)).arrayBuffer());

test("a file sent in odd pieces is the file", async () => {
  const anna = await Musician.join(server);
  const file = audio(files, "odd.wav", "anoisesrc=duration=3:color=pink:amplitude=0.3:seed=1");
  const song = await anna.putUp(readFileSync(file), {});
  const pieces = await anna.upload(readFileSync(file), { piece: 77_777 });
  const part = await anna.post(`/api/v1/songs/${song.id}/parts`, { instrument: "bass", upload_id: pieces });
  assert.deepEqual(await original(anna, part.take), readFileSync(file));
});

test("a multipart form of one file is stored like a resumable upload", async () => {
  const anna = await Musician.join(server);
  const file = audio(files, "form.wav", "sine=duration=2");
  const form = new FormData();
  form.set("file", new Blob([readFileSync(file)]), "폼.wav");
  const { upload_id, size_bytes } = await anna.answer(await anna.fetch("/api/v1/uploads/form", { method: "POST", body: form }));
  assert.equal(size_bytes, readFileSync(file).length);
  const song = await anna.post("/api/v1/songs", { title: "폼", instrument: "keys", genre: "jazz", licence: "cc0-1.0", upload_id });
  assert.equal(song.parts[0].take.file_name, "폼.wav");
  assert.deepEqual(await original(anna, song.parts[0].take), readFileSync(file));
});

test("what came before a broken connection is kept, and the upload goes on from there", async () => {
  const anna = await Musician.join(server);
  const bytes = randomBytes(3 << 20);
  const location = await anna.beginUpload(bytes.length);
  await new Promise((done) => {
    const socket = server.connect(() => {
      socket.write(
        `PATCH ${location} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${anna.token}\r\nTus-Resumable: 1.0.0\r\n` +
          `Upload-Offset: 0\r\nContent-Type: application/offset+octet-stream\r\nContent-Length: ${bytes.length}\r\n\r\n`,
      );
      socket.write(bytes.subarray(0, 2_000_000), () => socket.end());
    });
    socket.on("close", done).on("error", done).resume();
  });
  const offset = await eventually("the kept bytes", () => anna.offset(location));
  assert.ok(offset > 0 && offset <= 2_000_000, `kept ${offset}`);
  assert.equal(await anna.append(location, offset, bytes.subarray(offset)), bytes.length);
});

test("bytes at the wrong place, too many bytes and other people's uploads are refused", async () => {
  const [anna, eve] = await Promise.all([Musician.join(server), Musician.join(server)]);
  const location = await anna.beginUpload(10);
  await assert.rejects(anna.append(location, 5, Buffer.from("later")), refused(409, "upload.offset_wrong"));
  await assert.rejects(eve.append(location, 0, Buffer.from("mine")), refused(404, "upload.not_found"));
  await assert.rejects(anna.append(location, 0, Buffer.from("more than ten bytes")), refused(413, "upload.too_long"));
  await assert.rejects(anna.beginUpload(2 ** 40), refused(413, "upload.too_large"));
  const half = await anna.beginUpload(100);
  await anna.append(half, 0, Buffer.from("half"));
  await assert.rejects(
    anna.post("/api/v1/songs", { title: "x", instrument: "keys", genre: "pop", licence: "cc0-1.0", upload_id: half.split("/").at(-1) }),
    refused(409, "upload.incomplete"),
  );
});

test("kill -9 at random points of an upload loses nothing that was acknowledged", { timeout: 240_000 }, async () => {
  const own = await Server.start();
  try {
    const anna = await Musician.join(own);
    const file = audio(files, "long.wav", "anoisesrc=duration=30:color=pink:amplitude=0.3:seed=2", ["-ac", "2"]);
    const bytes = readFileSync(file);
    const location = await anna.beginUpload(bytes.length);
    let acknowledged = 0;
    for (let round = 0; acknowledged < bytes.length; ++round) {
      const killed = round < 6 ? new Promise((done) => setTimeout(done, Math.random() * 120)).then(() => own.crash()) : Promise.resolve();
      try {
        while (acknowledged < bytes.length) acknowledged = await anna.append(location, acknowledged, bytes.subarray(acknowledged, acknowledged + 300_000));
      } catch {
        // the server died under it
      }
      await killed;
      const offset = await anna.offset(location);
      assert.ok(offset >= acknowledged, `${acknowledged} were acknowledged, ${offset} are there`);
      acknowledged = offset;
    }
    const song = await anna.post("/api/v1/songs", { title: "Take 1", instrument: "guitar", genre: "rock", licence: "cc0-1.0", upload_id: location.split("/").at(-1) });
    const hash = (b) => createHash("sha256").update(b).digest("hex");
    assert.equal(hash(await original(anna, song.parts[0].take)), hash(bytes));
    assert.match(own.run("verify"), / 0 damaged, 0 missing/);
  } finally {
    await own.remove();
  }
});

test("kill -9 in the middle of an ingest or a render shows nothing half-done, and both end by themselves", { timeout: 400_000 }, async () => {
  const own = await Server.start();
  try {
    const anna = await Musician.join(own);
    const file = audio(files, "minutes.flac", "anoisesrc=duration=150:color=brown:amplitude=0.4:seed=3", ["-ac", "2"]);
    const song = await anna.putUp(file);
    const url = `/api/v1/songs/${song.id}`;
    await eventually("the ingest's progress", async () => (await anna.get(url)).parts[0].take.progress > 0);
    await own.crash();
    const halfway = (await anna.get(url)).parts[0].take;
    assert.notEqual(halfway.state, "ready");
    assert.equal(halfway.segments, 0);
    const heard = await anna.settled(song, 180);
    assert.equal(heard.parts[0].take.state, "ready");
    assert.equal(heard.parts[0].take.segments, 30);

    const mix = await anna.saveMix(song, [channel(heard.parts[0])]);
    const begun = await anna.post(`${url}/releases`, { mix_id: mix.id });
    await eventually("the render's progress", async () => (await anna.get(`/api/v1/releases/${begun.id}`)).progress > 0);
    await own.crash();
    const halfRelease = await anna.get(`/api/v1/releases/${begun.id}`);
    assert.equal(halfRelease.state, "rendering");
    assert.equal(halfRelease.files.length, 0);
    const release = await eventually("the release", async () => {
      const now = await anna.get(`/api/v1/releases/${begun.id}`);
      return now.state === "ready" && now;
    }, 180);
    assert.equal(release.files.length, 3);
    assert.match(own.run("verify"), / 0 damaged, 0 missing/);
    assert.match(own.run("admin", "jobs"), /No job was given up/);
  } finally {
    await own.remove();
  }
});
