// SPDX-License-Identifier: AGPL-3.0-or-later
// What strangers upload, through the whole server: each file ends in a clear state, and nobody else notices.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Musician, Server, audio, eventually } from "./harness.mjs";

let server, files, corpus, owner, stranger, song, tone, flac;

const made = (name, ...args) => {
  execFileSync("ffmpeg", ["-v", "error", "-y", "-f", "lavfi", ...args, join(files, name)]);
  return readFileSync(join(files, name));
};

/** A RIFF header of 44 bytes that may lie, and what follows it. */
function wav(bytes, { channels = 2, rate = 48000, bits = 16, says = bytes.length } = {}) {
  const head = Buffer.from("RIFF....WAVEfmt ....................data....", "latin1");
  const frame = (channels * bits) / 8;
  head.writeUInt32LE((says + 36) >>> 0, 4);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(channels, 22);
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE((rate * frame) >>> 0, 28);
  head.writeUInt16LE(frame & 0xffff, 32);
  head.writeUInt16LE(bits, 34);
  head.writeUInt32LE(says >>> 0, 40);
  return Buffer.concat([head, bytes]);
}

/** The same bytes with every `step`th one turned over, but for the first 64. */
const turned = (bytes, step) => Buffer.from(bytes).map((byte, i) => (i > 63 && i % step === 0 ? byte ^ 0xff : byte));

const noise = (size) => {
  let state = 1;
  return Buffer.alloc(size).map(() => (state = (Math.imul(state, 1103515245) + 12345) >>> 0) >>> 24);
};

/** Each file with the one right answer to it. */
const makeCorpus = () => ({
  "empty.wav": ["take.empty", Buffer.alloc(0)],
  "one byte.flac": ["take.not_audio", Buffer.from("f")],
  "letter.mp3": ["take.not_audio", Buffer.from("This is a letter and not a song.\n")],
  "page.wav": ["take.not_audio", Buffer.from("<!doctype html><script>alert(1)</script>")],
  "zeros.flac": ["take.not_audio", Buffer.alloc(1 << 20)],
  "noise.bin": ["take.not_audio", noise(1 << 20)],
  "picture.png": ["take.not_audio", made("picture.png", "-i", "color=red:s=64x64", "-frames:v", "1")],
  "playlist.m3u": ["take.not_audio", Buffer.from("#EXTM3U\n#EXT-X-TARGETDURATION:3\n#EXTINF:3,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n")],
  "concat.mp3": ["take.not_audio", Buffer.from(`ffconcat version 1.0\nfile ${join(files, "tone.wav")}\n`)],
  "header.wav": ["take.empty", wav(Buffer.alloc(0))],
  "promises.wav": ["ready", wav(tone.subarray(44, 9644), { says: 0xfffffff0 })],
  "nine channels.wav": ["take.too_many_channels", wav(noise(9 * 2 * 4800), { channels: 9 })],
  "no channels.wav": ["take.undecodable", wav(noise(4800), { channels: 0 })],
  "one hertz.wav": ["take.unsupported", wav(noise(4800), { rate: 1 })],
  "fast.wav": ["take.undecodable", wav(noise(4800), { rate: 0xffffffff })],
  "cut.flac": ["ready", flac.subarray(0, flac.length >> 1)],
  "cut in its header.flac": ["take.undecodable", flac.subarray(0, 30)],
  "turned.wav": ["ready", turned(wav(tone.subarray(78)), 7)],
  "turned.flac": ["ready", turned(flac, 97)],
  "much turned.flac": ["take.undecodable", turned(flac, 3)],
  "two hours.flac": ["take.too_long", made("two hours.flac", "-i", "anullsrc=r=8000:cl=mono", "-t", "7300")],
  "../../etc/passwd\u0000.wav": ["ready", tone],
});

before(async () => {
  files = mkdtempSync(join(tmpdir(), "soundhub-hostile-"));
  tone = readFileSync(audio(files, "tone.wav", "sine=frequency=440:sample_rate=48000:duration=2"));
  flac = readFileSync(audio(files, "tone.flac", "sine=frequency=440:sample_rate=48000:duration=2"));
  corpus = makeCorpus(); // before there is a connection that could go stale meanwhile
  server = await Server.start();
  [owner, stranger] = [await Musician.join(server), await Musician.join(server)];
  song = await owner.settled(await owner.putUp(tone));
});

after(async () => {
  await server?.remove();
  if (files) rmSync(files, { recursive: true, force: true });
});

test("each hostile file is heard or refused with a reason, and the server goes on", async () => {
  const parts = new Map();
  for (const [name, [, bytes]] of Object.entries(corpus)) {
    const upload_id = await stranger.upload(bytes, { name });
    const part = await stranger.post(`/api/v1/songs/${song.id}/parts`, { instrument: "other", upload_id });
    parts.set(name, part.id);
  }
  const settled = await stranger.settled(song, 240);
  const answers = {};
  for (const [name, id] of parts) {
    const { take } = settled.parts.find((part) => part.id === id);
    answers[name] = take.error_key ?? take.state;
    assert.doesNotMatch(take.file_name, /[/\0]/, name);
  }
  assert.deepEqual(answers, Object.fromEntries(Object.entries(corpus).map(([name, [answer]]) => [name, answer])));
  const nobody = new Musician(server);
  assert.equal((await nobody.fetch("/readyz")).status, 200);
  assert.equal((await nobody.get(`/api/v1/songs/${song.id}`)).parts.filter((p) => p.take.state !== "ready").length, 0);
});

test("covers that are no pictures don't get in the way of one that is", async () => {
  const covers = { letter: Buffer.from("no picture"), sound: tone, noise: noise(10_000), empty: Buffer.alloc(0) };
  for (const [name, bytes] of Object.entries(covers)) {
    const cover_upload_id = await owner.upload(bytes, { name });
    await owner.send("PATCH", `/api/v1/songs/${song.id}`, { cover_upload_id });
  }
  const bytes = made("cover.png", "-i", "color=blue:s=700x700", "-frames:v", "1");
  await owner.send("PATCH", `/api/v1/songs/${song.id}`, { cover_upload_id: await owner.upload(bytes, { name: "cover.png" }) });
  const { cover_url } = await eventually("the one that is a picture", async () => {
    const now = await owner.get(`/api/v1/songs/${song.id}`);
    return now.cover_url && now;
  });
  assert.equal((await owner.fetch(cover_url)).headers.get("content-type"), "image/jpeg");
});

test("none of it was the server's fault", () => {
  assert.ok(server.log.some((line) => /"status":201/.test(line)), "the log says what was answered");
  const faults = server.log.filter((line) => /"status":5\d\d/.test(line) || /"level":"error"/.test(line));
  assert.deepEqual(faults, []);
});
