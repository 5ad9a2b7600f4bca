// SPDX-License-Identifier: AGPL-3.0-or-later
// media-delivery = redirect: who may hear is sent to the store, by a link that works for minutes and for this file only.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Musician, Server, audio, channel, rowThree } from "./harness.mjs";

const skip = !rowThree && "a folder has no links";
let server, folder, anna, song, release;
before(async () => {
  if (skip) return;
  folder = mkdtempSync(join(tmpdir(), "soundhub-delivery-"));
  server = await Server.start(undefined, ["--media-delivery", "redirect"]);
  anna = await Musician.join(server);
  song = await anna.settled(await anna.putUp(audio(folder, "riff.flac", "anoisesrc=duration=7:color=pink:amplitude=0.3:seed=5")));
  release = await anna.release(song, await anna.saveMix(song, [channel(song.parts[0])]));
});
after(async () => {
  await server?.remove();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

test("a take's file is fetched from the store, with its name", { skip }, async () => {
  const answer = await anna.fetch(`/api/v1/takes/${song.parts[0].take.id}/original`);
  assert.equal(answer.status, 302);
  assert.match(answer.headers.get("cache-control"), /no-store/);
  const file = await fetch(answer.headers.get("location"));
  assert.equal(file.status, 200);
  assert.match(file.headers.get("content-disposition"), /riff\.wav/);
  assert.deepEqual(Buffer.from(await file.arrayBuffer()), readFileSync(join(folder, "riff.flac")));
});

test("a link is of no use for another file, and none when it is changed", { skip }, async () => {
  const link = (await anna.fetch(`/api/v1/takes/${song.parts[0].take.id}/original`)).headers.get("location");
  const other = (await anna.fetch(release.files[0].url)).headers.get("location");
  const mixed = new URL(link);
  mixed.pathname = new URL(other).pathname;
  assert.equal((await fetch(mixed)).status, 403);
  assert.equal((await fetch(link.replace(/X-Amz-Expires=\d+/, "X-Amz-Expires=86400"))).status, 403);
});

test("who may not hear gets no link", { skip }, async () => {
  const nobody = new Musician(server);
  const answer = await nobody.fetch(`/api/v1/takes/${song.parts[0].take.id}/original`);
  assert.ok([403, 404].includes(answer.status), String(answer.status));
  assert.equal(answer.headers.get("location"), null);
});

test("a release is heard by ranges of the store, by anyone", { skip }, async () => {
  const nobody = new Musician(server);
  for (const file of release.files) {
    const answer = await nobody.fetch(file.url);
    assert.equal(answer.status, 302, file.url);
    const part = await fetch(answer.headers.get("location"), { headers: { Range: "bytes=0-99" } });
    assert.equal(part.status, 206);
    assert.equal((await part.arrayBuffer()).byteLength, 100);
  }
});
