// SPDX-License-Identifier: AGPL-3.0-or-later
// docs/api/openapi.yaml says what the server does: the same routes with the same access, the same shapes.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Musician, Server, audio, channel } from "../e2e/harness.mjs";
import { faults, resolve } from "./schema.mjs";

const yaml = createRequire(new URL("../../web/package.json", import.meta.url))("js-yaml");
const document = yaml.load(readFileSync(new URL("../../docs/api/openapi.yaml", import.meta.url), "utf8"));
const methods = ["get", "head", "post", "put", "patch", "delete", "options"];

const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  methods.filter((method) => item[method]).map((method) => ({ method, path, ...item[method] })),
);
const operation = (id) => operations.find((o) => o.operationId === id) ?? assert.fail(`no operation ${id}`);
const nameOf = ({ method, path }) => `${method.toUpperCase()} ${path}`;

let server, files, owner, drummer, nobody, song, mix, release;

before(async () => {
  server = await Server.start();
  files = mkdtempSync(join(tmpdir(), "soundhub-contract-"));
  const riff = audio(files, "riff.wav", "sine=frequency=220:sample_rate=48000:duration=2");
  [owner, drummer, nobody] = [await Musician.join(server), await Musician.join(server), new Musician(server)];
  song = await owner.settled(
    await owner.putUp(riff, {
      tempo_bpm: 92,
      musical_key: "Eb",
      seats: [{ instrument: "drums", note: "brushes" }, { instrument: "bass" }],
    }),
  );
  const offered = await drummer.offer(song, riff, { seat_id: song.seats[0].id });
  await owner.settled(song);
  await owner.post(`/api/v1/parts/${offered.id}/accept`);
  song = await owner.get(`/api/v1/songs/${song.id}`);
  mix = await owner.saveMix(song, song.parts.map((part) => channel(part)));
  release = await owner.release(song, mix);
});

after(async () => {
  await server?.remove();
  if (files) rmSync(files, { recursive: true, force: true });
});

function routes() {
  const lines = server.run("routes").trim().split("\n");
  return new Map(lines.map((line) => line.split(" ")).map(([method, path, access]) => [`${method} ${path}`, access]));
}

test("every route is in the document, and every operation has a route", () => {
  assert.deepEqual([...routes().keys()].sort(), operations.map(nameOf).sort());
});

test("an operation needs an account exactly if its route does", () => {
  const access = routes();
  for (const one of operations) {
    const needed = (one.security ?? document.security).every((way) => Object.keys(way).length > 0);
    assert.equal(needed ? "account" : "anyone", access.get(nameOf(one)), nameOf(one));
  }
});

test("a route that needs an account refuses everyone else, with a problem as described", async () => {
  for (const one of operations.filter((o) => o.security)) {
    const path = one.path.replaceAll(/\{\w+\}/g, "1");
    const response = await nobody.fetch(path, { method: one.method.toUpperCase() });
    assert.equal(response.status, 401, nameOf(one));
    if (one.method !== "head") await isProblem(response, "account.login_needed");
  }
});

test("every name in a path is a parameter, and the other way round", () => {
  for (const one of operations) {
    const all = [...(document.paths[one.path].parameters ?? []), ...(one.parameters ?? [])].map((p) => resolve(document, p));
    const named = all.filter((p) => p.in === "path").map((p) => p.name);
    assert.deepEqual(named.sort(), [...one.path.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort(), nameOf(one));
  }
});

async function isProblem(response, key) {
  assert.match(response.headers.get("content-type"), /^application\/problem\+json/);
  const body = await response.json();
  assert.deepEqual([...faults(document, document.components.schemas.Problem, body)], []);
  assert.equal(body.key, key);
  assert.equal(body.status, response.status);
}

const bodyOf = (id, status) => resolve(document, operation(id).responses[status]).content;

async function isAnswer(id, who, path, status = "200") {
  const response = await who.fetch(path);
  assert.equal(String(response.status), status, `${id} ${path}`);
  const body = await response.json();
  assert.deepEqual([...faults(document, bodyOf(id, status)["application/json"].schema, body, id)], []);
  return body;
}

test("what is read has the shape the document gives it", async () => {
  const home = await isAnswer("get_home", nobody, "/api/v1/home");
  assert.ok(home.seeking.length && home.released.length && home.grew.length, "an empty list proves nothing");
  const page = await isAnswer("list_songs", nobody, "/api/v1/songs?seat=bass&genre=rnb&open=true&limit=1");
  assert.equal(page.songs.length, 1);
  const shown = await isAnswer("get_song", owner, `/api/v1/songs/${song.id}`);
  assert.ok(shown.parts.length === 2 && shown.releases.length === 1 && shown.mix && shown.listen);
  await isAnswer("get_song", nobody, `/api/v1/songs/${song.id}`);
  await isAnswer("get_me", owner, "/api/v1/me");
  await isAnswer("get_user", nobody, `/api/v1/users/${owner.nickname}`);
  await isAnswer("get_take", nobody, `/api/v1/takes/${song.parts[0].take.id}`);
  assert.equal((await isAnswer("list_mixes", nobody, `/api/v1/songs/${song.id}/mixes`)).mixes.length, 1);
  await isAnswer("get_mix", nobody, `/api/v1/mixes/${mix.id}`);
  await isAnswer("list_releases", nobody, `/api/v1/songs/${song.id}/releases`);
  await isAnswer("get_release", nobody, `/api/v1/releases/${release.id}`);
});

test("what is heard and drawn has the type the document gives it", async () => {
  const take = `/api/v1/takes/${song.parts[0].take.id}`;
  const mixed = `/api/v1/releases/${release.id}`;
  for (const [id, path, who] of [
    ["get_take_preview", `${take}/preview.opus`, nobody],
    ["get_take_segment", `${take}/segments/0`, nobody],
    ["get_take_peaks", `${take}/peaks/256`, nobody],
    ["get_take_original", `${take}/original`, owner],
    ["get_release_file", `${mixed}/files/mix.flac`, nobody],
    ["get_release_file", `${mixed}/files/mix.mp3`, nobody],
    ["get_release_file", `${mixed}/files/mix.opus`, nobody],
    ["get_release_peaks", `${mixed}/peaks/2048`, nobody],
    ["health", "/healthz", nobody],
    ["ready", "/readyz", nobody],
  ]) {
    const response = await who.fetch(path);
    assert.equal(response.status, 200, path);
    const type = response.headers.get("content-type").split(";")[0];
    assert.ok(type in bodyOf(id, "200"), `${path}: ${type}`);
    assert.ok((await response.arrayBuffer()).byteLength > 0, path);
  }
});

test("what isn't there or isn't right is a problem as described", async () => {
  const asked = async (path, key, status, who = nobody, init = {}) => {
    const response = await who.fetch(path, init);
    assert.equal(response.status, status, path);
    await isProblem(response, key);
  };
  await asked("/api/v1/songs/999999", "song.not_found", 404);
  await asked("/api/v1/songs/abc", "not_found", 404);
  await asked("/api/v1/songs?limit=51", "page_invalid", 422);
  await asked("/api/v1/songs?genre=polka", "song.genre_unknown", 422);
  await asked("/api/v1/takes/999999/preview.opus", "take.not_found", 404);
  await asked(`/api/v1/releases/${release.id}/files/mix.wav`, "release.no_such_file", 404);
  await asked("/api/v1/songs", "json_invalid", 422, owner, { method: "POST", body: "{" });
  await asked("/api/v1/songs", "field_missing", 422, owner, { method: "POST", body: "{}" });
  await asked("/api/v1/nothing", "not_found", 404);
  await asked("/api/v1/uploads", "upload.tus_version", 412, owner, { method: "POST", headers: { "Tus-Resumable": "0.2.2" } });
});
