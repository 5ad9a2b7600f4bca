// SPDX-License-Identifier: AGPL-3.0-or-later
// One host, SQLite and a folder, on a disk that fills up.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Refused, Server, channel, refused } from "../e2e/harness.mjs";
import { Journal } from "./journal.mjs";
import { noise, random } from "./random.mjs";
import { TinyDisk } from "./tiny-disk.mjs";
import { Visitor, sha256 } from "./visitor.mjs";

const skip = TinyDisk.impossible();
let disk, server, anna;

before(async () => {
  if (skip) return;
  disk = new TinyDisk(48);
  server = await Server.start(disk.path);
  anna = new Visitor(server, new Journal(), "anna");
  await anna.signUp();
});
after(async () => {
  await server?.stop();
  disk?.remove();
});

test("a full disk is said to be one, hides nothing that is there, and is forgotten when there is room", { skip, timeout: 180_000 }, async () => {
  const dice = random(7);
  const first = noise(dice, 4);
  const song = await anna.settled(await anna.putUp(first));
  const original = async () => sha256(await anna.bytes(`/api/v1/takes/${song.parts[0].take.id}/original`));
  const second = noise(dice, 10);
  const location = await anna.beginUpload(second.length);
  const acknowledged = await anna.append(location, 0, second.subarray(0, 300_000));
  await anna.settled(song);

  disk.fill(200_000);
  await assert.rejects(anna.append(location, acknowledged, second.subarray(acknowledged)), refused(503, "storage.full"));
  let saved = 0;
  const full = await (async () => {
    for (let parent; ; ++saved) parent = await anna.saveMix(song, [channel(song.parts[0], { gain_db: -(saved % 20) })], {}, parent);
  })().catch((error) => error);
  assert.ok(full instanceof Refused, String(full));
  assert.deepEqual([full.status, full.key], [503, "storage.full"], `after ${saved} mixes`);

  assert.equal(await original(), sha256(first), "reading goes on");
  assert.equal(await anna.offset(location), acknowledged);
  assert.equal((await anna.get(`/api/v1/songs/${song.id}`)).parts[0].take.state, "ready");

  disk.free();
  assert.equal(await anna.append(location, acknowledged, second.subarray(acknowledged)), second.length);
  const part = await anna.post(`/api/v1/songs/${song.id}/parts`, { instrument: "bass", upload_id: location.split("/").at(-1) });
  const now = await anna.settled(song);
  assert.deepEqual(now.parts.map(({ take }) => take.state), ["ready", "ready"]);
  assert.equal(sha256(await anna.bytes(`/api/v1/takes/${part.take.id}/original`)), sha256(second));
  const { mixes } = await anna.get(`/api/v1/songs/${song.id}/mixes?limit=50`);
  assert.ok(mixes.length > 0 || saved === 0, "what was saved is there");
  await server.crash();
  assert.equal(await original(), sha256(first));
  assert.match(server.run("verify"), / 0 damaged, 0 missing/);
});
