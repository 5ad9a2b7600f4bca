// SPDX-License-Identifier: AGPL-3.0-or-later
// What SoundHub mails, by a real mail server: STARTTLS, a login, refusals, absences.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Musician, OneProcess, audio, eventually, refused, soundhub } from "./harness.mjs";
import { MailServer } from "../support/smtp.mjs";

let post, server, files, riff;

before(async () => {
  files = mkdtempSync(join(tmpdir(), "soundhub-mail-"));
  riff = audio(files, "riff.wav", "sine=frequency=220:sample_rate=48000:duration=1");
  post = await MailServer.start(join(files, "authority"));
  Object.assign(process.env, post.settings());
  server = await OneProcess.start();
});
after(async () => {
  await server?.remove();
  await post?.stop();
  if (files) rmSync(files, { recursive: true, force: true });
});

/** An account that reads its mails in this language. */
async function reader(nickname, language = "en") {
  const musician = await Musician.join(server, nickname);
  await musician.send("PUT", "/api/v1/me/mail", { notices: true, language });
  return musician;
}
const addressOf = ({ nickname }) => `${encodeURIComponent(nickname)}@example.org`.toLowerCase();
const mailsTo = (musician) => post.mails.filter(({ envelope }) => envelope.includes(addressOf(musician)));
const mailTo = (musician, count = 1, seconds = 60) => eventually(`mail ${count} to ${musician.nickname}`, () => mailsTo(musician)[count - 1], seconds);
/** Not by execFileSync: the mail server that doctor asks lives in this process. */
const doctor = ({ data }) => new Promise((done) => execFile(soundhub, ["doctor", "--data", data], (_, stdout) => done(stdout)));
const ask = (musician) => new Musician(server).post("/api/v1/password-resets", { email: addressOf(musician) });
const tokenIn = (mail) => mail.text.match(/https:\/\/soundhub\.test\/password\/new#([\w-]{43})\s/)[1];
const use = (token, password) => new Musician(server).post("/api/v1/password-resets/use", { token, password, bearer: true });
const logIn = (musician, password) => new Musician(server).post("/api/v1/sessions", { email: addressOf(musician), password, bearer: true });

test("a forgotten password is replaced by the mailed link, once", async () => {
  assert.deepEqual(await new Musician(server).get("/api/v1/instance"), { mail: true });
  const anna = await reader("annareset");
  await ask(anna);
  const mail = await mailTo(anna);
  assert.equal(mail.secure, true, "over TLS");
  assert.equal(mail.headers.subject, "A new password for SoundHub");
  assert.equal(mail.headers.from, '"SoundHub" <hub@soundhub.test>');
  assert.equal(mail.headers["auto-submitted"], "auto-generated");
  const token = tokenIn(mail);
  await assert.rejects(use(`${token.slice(0, -1)}${token.endsWith("A") ? "B" : "A"}`, "a new long password"), refused(404, "account.reset_over"));
  await assert.rejects(use(token, "short"), refused(422, "account.password_too_short"));
  const session = await use(token, "a new long password");
  assert.equal(session.me.nickname, anna.nickname);
  await assert.rejects(anna.get("/api/v1/me"), refused(401, "account.session_ended"));
  await assert.rejects(use(token, "another long password"), refused(404, "account.reset_over"));
  await assert.rejects(logIn(anna, anna.password), refused(401, "account.login_wrong"));
  assert.ok((await logIn(anna, "a new long password")).token);
  assert.ok(!server.rows().includes(token), "the token is kept as a hash only");
});

test("nobody is told who has an account, and asking has its measure", async () => {
  const before = post.mails.length;
  const ghost = { nickname: "nobodyatall" };
  for (let i = 0; i < 5; ++i) assert.equal(await ask(ghost), null);
  await assert.rejects(ask(ghost), refused(429, "account.resets_paused"));
  assert.equal(post.mails.length, before);
});

test("an offer is told to the owner in Korean, and one press turns such mails off", async () => {
  const [eunmin, ben] = [await reader("eunmin", "ko"), await reader("bendrums")];
  const song = await eunmin.settled(await eunmin.putUp(riff, { title: "한강 밤 산책" }));
  await ben.offer(song, riff);
  const mail = await mailTo(eunmin);
  assert.equal(mail.headers.subject, "bendrums 님이 「한강 밤 산책」에 드럼 파트를 제안했어요");
  assert.ok(mail.text.includes(`https://soundhub.test/songs/${song.id}`));
  assert.match(mail.html, /<html lang="ko">/);
  assert.equal(mail.headers["list-unsubscribe-post"], "List-Unsubscribe=One-Click");
  const link = new URL(mail.headers["list-unsubscribe"].slice(1, -1));
  const press = () => fetch(server.url + link.pathname + link.search, { method: "POST", body: "List-Unsubscribe=One-Click", headers: { "Content-Type": "application/x-www-form-urlencoded" } });
  assert.equal((await press()).status, 204);
  assert.deepEqual(await eunmin.get("/api/v1/me/mail"), { notices: false, language: "ko" });
  assert.equal((await fetch(`${server.url}/api/v1/unsubscribe?token=wrong`, { method: "POST" })).status, 404);
});

test("players hear what became of their part, and that a release is out", async () => {
  const [owner, drummer] = [await reader("ownerone"), await reader("drummerone")];
  const song = await owner.settled(await owner.putUp(riff, { title: "Paper Boats" }));
  const offered = await drummer.offer(song, riff);
  const heard = await owner.settled(song);
  await owner.post(`/api/v1/parts/${offered.id}/accept`);
  assert.equal((await mailTo(drummer)).headers.subject, "“Paper Boats” has your drums now");
  const mix = await owner.saveMix(song, heard.parts.map((part) => ({ part_id: part.id, take_id: part.take.id, gain_db: 0, pan: 0, muted: false, soloed: false, offset_frames: 0 })));
  await owner.release(song, mix);
  assert.equal((await mailTo(drummer, 2)).headers.subject, "“Paper Boats” is out, and you play in it");
});

test("a mail waits for a server that is away", async () => {
  const anna = await reader("annawaits");
  await post.stop();
  await ask(anna);
  await eventually("a try that failed", () => server.log.some((line) => line.includes("mail.unreachable")));
  await post.listen(post.port);
  tokenIn(await mailTo(anna));
});

test("an address that the server refuses ends the job, for its keeper to see", async () => {
  const gone = await reader("gonemailbox");
  post.refused.add(addressOf(gone));
  const before = post.tries;
  await ask(gone);
  const listed = await eventually("the job is given up", () => server.run("admin", "jobs").split("\n").find((line) => line.includes("mail.refused")));
  assert.match(listed, /^\d+ mail of \d+: 1 attempts/);
  assert.ok(!listed.includes("gonemailbox"), "without the address");
  assert.equal(post.tries, before + 1);
  const said = await doctor(server);
  assert.match(said, /^note {2}jobs: 1 of mail refused for good by the mail server: `soundhub admin jobs`/m);
  assert.doesNotMatch(said, /WRONG/, "nothing here is to be mended");
});

test("a killed server sends the mail that was on its way, and every other once", async () => {
  const anna = await reader("annakilled");
  let reached;
  const onItsWay = new Promise((resolve) => (reached = resolve));
  post.hold = () => new Promise((_, fail) => { reached(); setTimeout(() => fail(new Error("nobody waits for this any more")), 20_000).unref(); });
  await ask(anna);
  await onItsWay;
  const killed = server.crash();
  post.hold = async () => {};
  await killed;
  tokenIn(await mailTo(anna, 1, 90));
  await eventually("nothing waits", () => post.mails.length > 0);
  assert.equal(mailsTo(anna).length, 1);
});

test("tokens and addresses are in no log, and the unsubscribe link's neither", () => {
  const log = server.log.join("\n");
  assert.ok(log.includes("mail.sent"));
  for (const { text, headers } of post.mails) {
    for (const [, token] of text.matchAll(/#([\w-]{43})/g)) assert.ok(!log.includes(token));
    assert.ok(!log.includes(headers.to.slice(1, -1)));
  }
});

test("a certificate that isn't trusted gets no password and no mail, and doctor says so", async () => {
  const strangers = await MailServer.start(join(files, "strangers"));
  try {
    const settings = { ...strangers.settings(), SOUNDHUB_SMTP_CA: post.ca };
    const saved = { ...process.env };
    Object.assign(process.env, settings);
    const careful = await OneProcess.start();
    try {
      const anna = await Musician.join(careful, "annacareful");
      await anna.post("/api/v1/password-resets", { email: addressOf(anna) });
      await eventually("a refusal", () => careful.log.some((line) => line.includes("mail.untrusted")));
      assert.equal(strangers.mails.length, 0);
      assert.match(await doctor(careful), /WRONG mail: mail\.untrusted/);
    } finally {
      await careful.remove();
      Object.assign(process.env, saved);
    }
  } finally {
    await strangers.stop();
  }
  assert.match(await doctor(server), /ok {4}mail: smtp:\/\/localhost/);
});

test("without a mail server everything else works, and the keeper hands out the link", async () => {
  for (const name of Object.keys(post.settings())) delete process.env[name];
  const quiet = await OneProcess.start();
  try {
    assert.ok(quiet.log.some((line) => line.includes("mail.off")));
    const anna = await Musician.join(quiet, "annaquiet");
    assert.deepEqual(await anna.get("/api/v1/instance"), { mail: false });
    await assert.rejects(anna.post("/api/v1/password-resets", { email: addressOf(anna) }), refused(409, "account.mail_off"));
    const song = await anna.settled(await anna.putUp(riff));
    await (await Musician.join(quiet, "benquiet")).offer(song, riff);
    await anna.settled(song);
    assert.match(quiet.run("admin", "jobs"), /No job was given up/);
    const link = quiet.run("admin", "reset-password", addressOf(anna), "--public-url", "https://soundhub.test");
    const token = tokenIn({ text: link });
    const changed = await new Musician(quiet).post("/api/v1/password-resets/use", { token, password: "a keeper's long gift", bearer: true });
    assert.equal(changed.me.nickname, anna.nickname);
    assert.throws(() => quiet.run("admin", "reset-password", "nobody@example.org"), ({ stderr }) => /account\.not_found/.test(stderr));
  } finally {
    await quiet.remove();
  }
});
