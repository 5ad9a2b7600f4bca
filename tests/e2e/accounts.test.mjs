// SPDX-License-Identifier: AGPL-3.0-or-later
// Who one is: sessions, cookies, and what another site can't make a browser do.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Musician, Server, refused, rowThree } from "./harness.mjs";

let server;
before(async () => (server = await Server.start()));
after(() => server?.remove());

const json = (body, headers = {}) => ({ method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json", ...headers } });

test("a wrong form says of each field what is wrong", async () => {
  const nobody = new Musician(server);
  await assert.rejects(nobody.post("/api/v1/accounts", { email: "nope", nickname: "Anna", password: "correct horse" }), (error) => {
    refused(422, "account.email_invalid")(error);
    assert.deepEqual(error.problem.fields, { email: "account.email_invalid" });
    assert.ok(error.problem.request_id);
    return true;
  });
  await assert.rejects(nobody.post("/api/v1/songs", {}), refused(401, "account.login_needed"));
  const anna = await Musician.join(server);
  await assert.rejects(anna.post("/api/v1/songs", { genre: "yodel", tempo_bpm: "fast" }), (error) => {
    assert.equal(error.status, 422);
    assert.equal(error.problem.fields.genre, "song.genre_unknown");
    assert.equal(error.problem.fields.title, "song.title_missing");
    assert.equal(error.problem.fields.tempo_bpm, "field_not_number");
    return true;
  });
});

test("emails and nicknames are had once", async () => {
  await Musician.join(server, "Maya Lind");
  const again = (fields) => new Musician(server).post("/api/v1/accounts", { password: "correct horse", ...fields });
  await assert.rejects(again({ email: "other@example.org", nickname: "mayalind" }), refused(409, "account.nickname_taken"));
  await assert.rejects(again({ email: "MAYA%20LIND@example.org", nickname: "Another" }), refused(409, "account.email_taken"));
});

test("the cookie is HttpOnly and works only with the header that other sites can't send", async () => {
  const email = "cookie@example.org";
  const made = await fetch(`${server.url}/api/v1/accounts`, json({ email, nickname: "Cookie", password: "correct horse" }));
  assert.equal(made.status, 201);
  const cookie = made.headers.get("set-cookie");
  const secure = server.url.startsWith("https:");
  assert.match(cookie, secure ? /^__Host-soundhub=[\w-]{43}; Path=\/;.*Secure.*HttpOnly/ : /^soundhub=[\w-]{43}; .*HttpOnly/);
  assert.match(cookie, /SameSite=Lax/);
  const headers = { Cookie: cookie.split(";")[0] };
  assert.equal((await fetch(`${server.url}/api/v1/me`, { headers })).status, 200);
  const end = (extra) => fetch(`${server.url}/api/v1/sessions/current`, { method: "DELETE", headers: { ...headers, ...extra } });
  assert.equal((await end({})).status, 403, "without the header");
  assert.equal((await end({ "X-SoundHub": "1", Origin: "https://evil.example" })).status, 403, "from another origin");
  assert.equal((await end({ "X-SoundHub": "1", Origin: server.url })).status, 204);
  assert.equal((await fetch(`${server.url}/api/v1/me`, { headers })).status, 401, "the session is gone");
});

test("passwords and tokens are nowhere in the database or the log", async () => {
  const anna = await Musician.join(server);
  const all = server.rows() + server.log.join("\n");
  for (const secret of [anna.token, anna.password]) assert.ok(!all.includes(secret));
  assert.ok(all.includes("$argon2id$"));
});

test("guessing a password is slowed down, and the right one doesn't help while it is", async () => {
  const anna = await Musician.join(server);
  const email = `${anna.nickname}@example.org`;
  const log_in = (password) => fetch(`${server.url}/api/v1/sessions`, json({ email, password, bearer: true }));
  assert.equal((await log_in(anna.password)).status, 201);
  for (let i = 0; i < 5; ++i) assert.equal((await log_in(`wrong guess ${i}`)).status, 401);
  const paused = await log_in(anna.password);
  assert.equal(paused.status, 429);
  assert.equal((await paused.json()).key, "account.login_paused");
});

test("an account that doesn't exist is refused like a wrong password", async () => {
  const nobody = new Musician(server);
  await assert.rejects(nobody.post("/api/v1/sessions", { email: "ghost@example.org", password: "correct horse" }), refused(401, "account.login_wrong"));
});

test("bad requests of every kind get a problem, never a 500", async () => {
  const anna = await Musician.join(server);
  const auth = { Authorization: `Bearer ${anna.token}`, "Content-Type": "application/json" };
  const bodies = ["", "{", "[]", "null", "1e999", `{"a":`.repeat(100), '{"title":"\\ud800"}', Buffer.from([0xff, 0xfe])];
  for (const body of bodies) {
    const answer = await fetch(`${server.url}/api/v1/songs`, { method: "POST", body, headers: auth });
    assert.ok(answer.status >= 400 && answer.status < 500, `${answer.status} for ${body}`);
    assert.equal(answer.headers.get("content-type"), "application/problem+json");
    assert.ok((await answer.json()).key);
  }
  for (const path of ["/api/v1/songs/abc", "/api/v1/songs/0", "/api/v1/songs/99999999999999999999", "/api/v1/nothing", "/api/v1/takes/1/peaks/-1", "/api/v1/songs?after=x", "/api/v1/songs?limit=51"]) {
    const answer = await fetch(server.url + path);
    assert.ok([404, 422].includes(answer.status), `${answer.status} for ${path}`);
  }
  const large = await fetch(`${server.url}/api/v1/songs`, { method: "POST", body: "x".repeat(1 << 20), headers: auth }).catch((error) => error);
  assert.ok(large instanceof Error || large.status === 413);
  assert.equal(server.log.filter((line) => line.includes('"status":5')).length, 0);
});

test("pages carry their title and preview for those without scripts", async () => {
  const home = await (await fetch(`${server.url}/`, { headers: { "Accept-Language": "ko-KR,ko;q=0.9,en;q=0.5" } })).text();
  assert.match(home, /<html lang="ko"/);
  assert.match(home, /<meta property="og:title" content="SoundHub">/);
  const missing = await fetch(`${server.url}/songs/424242`);
  assert.equal(missing.status, 404);
  const policy = missing.headers.get("content-security-policy");
  assert.match(policy, /default-src 'none'/);
  assert.doesNotMatch(policy, /unsafe-inline|unsafe-eval[^']|http:/);
});

test("the data folder is its owner's alone", { skip: rowThree && "there is none" }, () => {
  const mode = execFileSync("stat", ["-c", "%a", server.data, join(server.data, "soundhub.db")], { encoding: "utf8" });
  assert.deepEqual(mode.trim().split("\n"), ["700", "600"]);
});
