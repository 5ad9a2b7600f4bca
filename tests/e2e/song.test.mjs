// SPDX-License-Identifier: AGPL-3.0-or-later
// From a recording to a released mix, over HTTP, on real audio.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Musician, Server, audio, channel, decode, eventually, refused } from "./harness.mjs";

let server, files, riff, beat;

before(async () => {
  server = await Server.start();
  files = mkdtempSync(join(tmpdir(), "soundhub-audio-"));
  riff = audio(files, "riff.wav", "sine=frequency=220:sample_rate=44100:duration=7", ["-c:a", "pcm_s24le"]);
  beat = audio(files, "beat.flac", "sine=frequency=55:sample_rate=48000:duration=6,tremolo=f=4:d=0.9");
});

after(async () => {
  await server?.remove();
  rmSync(files, { recursive: true, force: true });
});

test("a song is put up, answered, mixed, released, and heard by somebody without an account", async () => {
  const anna = await Musician.join(server, "Anna");
  const ben = await Musician.join(server, "벤자민");
  const nobody = new Musician(server);

  const song = await anna.putUp(riff, { seats: [{ instrument: "drums", note: "brushes" }], tempo_bpm: 92, musical_key: "Eb" });
  assert.equal(song.seats.length, 1);
  const heard = await anna.settled(song);
  const take = heard.parts[0].take;
  assert.equal(take.state, "ready");
  assert.equal(take.frames, 7 * 48000);
  assert.equal(take.segments, 2);
  assert.equal(take.codec, "pcm_s24le");

  const offered = await ben.offer(song, beat, { seat_id: song.seats[0].id, note: "핫로드로 쳐 봤어요" });
  assert.equal(offered.state, "offered");
  await anna.settled(song);
  const accepted = await anna.post(`/api/v1/parts/${offered.id}/accept`);
  assert.equal(accepted.state, "accepted");

  const now = await anna.get(`/api/v1/songs/${song.id}`);
  assert.equal(now.seats.length, 0, "an accepted part fills its seat");
  const [guitar, drums] = now.parts;
  const mix = await anna.saveMix(song, [channel(guitar, { gain_db: -3, pan: -0.5 }), channel(drums, { offset_frames: 4800 })]);
  const release = await anna.release(song, mix);
  assert.equal(release.number, 1);
  assert.deepEqual(release.credits.map((c) => [c.musician.nickname, c.instrument]), [["Anna", "guitar"], ["벤자민", "drums"]]);
  assert.match(release.pcm_sha256, /^[0-9a-f]{64}$/);
  assert.ok(release.loudness.true_peak_dbtp <= -0.9);

  for (const { url, format, size_bytes } of release.files) {
    const response = await nobody.fetch(url);
    const bytes = Buffer.from(await response.arrayBuffer());
    assert.equal(response.status, 200);
    assert.equal(bytes.length, size_bytes);
    const samples = decode(bytes).length / 2;
    assert.ok(Math.abs(samples - 7 * 48000) <= (format === "flac" ? 0 : 1200), `${format}: ${samples} frames`);
    assert.ok(decode(bytes).some((v) => Math.abs(v) > 0.05), `${format} is silent`);
  }

  const louder = await anna.saveMix(song, [channel(guitar, { gain_db: 2 }), channel(drums)], {}, mix);
  const second = await anna.release(song, louder);
  assert.equal(second.number, 2);
  const listed = await nobody.get(`/api/v1/songs/${song.id}/releases`);
  assert.deepEqual(listed.map((r) => r.number), [2, 1], "old releases stay");
  assert.equal((await nobody.get(`/api/v1/songs/${song.id}`)).listen.id, second.id);
});

test("the same graph released again is the same PCM, and isn't rendered twice", async () => {
  const anna = await Musician.join(server);
  const song = await anna.settled(await anna.putUp(riff));
  const mix = await anna.saveMix(song, [channel(song.parts[0])]);
  const first = await anna.release(song, mix);
  const again = await anna.post(`/api/v1/songs/${song.id}/releases`, { mix_id: mix.id });
  assert.equal(again.state, "ready", "at once: the render exists");
  assert.equal(again.pcm_sha256, first.pcm_sha256);
});

test("a unity channel is released bit for bit as it was uploaded", async () => {
  const anna = await Musician.join(server);
  const source = audio(files, "quiet.wav", "sine=frequency=330:sample_rate=48000:duration=6,volume=0.5", ["-ac", "2", "-c:a", "pcm_s24le"]);
  const song = await anna.settled(await anna.putUp(source));
  const release = await anna.release(song, await anna.saveMix(song, [channel(song.parts[0])]));
  const flac = release.files.find((f) => f.format === "flac");
  const out = decode(Buffer.from(await (await anna.fetch(flac.url)).arrayBuffer()));
  const wav = decode(readFileSync(source));
  assert.equal(out.length, wav.length);
  assert.ok(out.every((v, i) => v === wav[i]));
});

test("offers are decided by the owner, withdrawn by their author, and by nobody else", async () => {
  const [anna, ben, eve] = await Promise.all([Musician.join(server), Musician.join(server), Musician.join(server)]);
  const song = await anna.settled(await anna.putUp(riff));
  const offer = await ben.offer(song, beat);
  await assert.rejects(anna.post(`/api/v1/parts/${offer.id}/accept`), refused(409, "part.take_not_ready"));
  await anna.settled(song);
  for (const verb of ["accept", "decline", "withdraw"])
    await assert.rejects(eve.post(`/api/v1/parts/${offer.id}/${verb}`), refused(403, "part.not_yours"));
  await assert.rejects(ben.post(`/api/v1/parts/${offer.id}/accept`), refused(403, "part.not_yours"));
  await assert.rejects(anna.post(`/api/v1/parts/${offer.id}/withdraw`), refused(403, "part.not_yours"));
  await assert.rejects(eve.send("PATCH", `/api/v1/parts/${offer.id}`, { note: "mine" }), refused(403, "part.not_yours"));
  assert.equal((await anna.post(`/api/v1/parts/${offer.id}/decline`)).state, "declined");
  assert.equal((await eve.get(`/api/v1/songs/${song.id}`)).parts.length, 1, "others don't see a declined offer");
  assert.equal((await ben.get(`/api/v1/songs/${song.id}`)).parts.length, 2, "its author does");
  const another = await ben.offer(song, beat);
  assert.equal((await ben.post(`/api/v1/parts/${another.id}/withdraw`)).state, "withdrawn");
  await assert.rejects(anna.post(`/api/v1/parts/${another.id}/accept`), refused(409, "part.wrong_state"));
});

test("only the owner mixes and releases, and nobody's save is lost under another's", async () => {
  const [anna, eve] = await Promise.all([Musician.join(server), Musician.join(server)]);
  const song = await anna.settled(await anna.putUp(riff));
  const channels = [channel(song.parts[0])];
  await assert.rejects(eve.saveMix(song, channels), refused(403, "song.not_yours"));
  const mix = await anna.saveMix(song, channels);
  await assert.rejects(anna.saveMix(song, channels), refused(409, "mix.stale"));
  await assert.rejects(eve.post(`/api/v1/songs/${song.id}/releases`, { mix_id: mix.id }), refused(403, "song.not_yours"));
  await assert.rejects(anna.saveMix(song, [channel(song.parts[0], { gain_db: 99 })], {}, mix), refused(422, "mix.settings_invalid"));
  const silent = await anna.saveMix(song, [channel(song.parts[0], { muted: true })], {}, mix);
  await assert.rejects(anna.post(`/api/v1/songs/${song.id}/releases`, { mix_id: silent.id }), refused(409, "release.nothing_audible"));
});

test("what happens to a song reaches its event streams in order, and a stream resumes where it broke", async () => {
  const anna = await Musician.join(server);
  const song = await anna.putUp(riff);
  const seen = await events(anna, `/api/v1/events?song=${song.id}&last_event_id=${song.event_id}`, {}, (e) => e.some((x) => x.event === "take.ready"));
  assert.ok(seen.every((e, i) => i === 0 || Number(e.id) > Number(seen[i - 1].id)));
  const middle = seen[Math.floor(seen.length / 2)];
  const resumed = await events(anna, `/api/v1/events?song=${song.id}`, { "Last-Event-ID": middle.id }, (e) => e.some((x) => x.event === "take.ready"));
  assert.deepEqual(resumed.map((e) => e.id), seen.filter((e) => Number(e.id) > Number(middle.id)).map((e) => e.id).slice(0, resumed.length));
});

test("a song isn't there for others until its first take can be heard", async () => {
  const [anna, eve] = await Promise.all([Musician.join(server), Musician.join(server)]);
  const broken = await anna.putUp(Buffer.from("this is no music at all, only words ".repeat(100)));
  const settled = await anna.settled(broken);
  assert.equal(settled.parts[0].take.state, "rejected");
  assert.match(settled.parts[0].take.error_key, /^take\./);
  await assert.rejects(eve.get(`/api/v1/songs/${broken.id}`), refused(404, "song.not_found"));
  const list = await eve.get("/api/v1/songs?limit=50");
  assert.ok(!list.songs.some((s) => s.id === broken.id));
});

test("audio is served by ranges and never sent again to who has it", async () => {
  const anna = await Musician.join(server);
  const song = await anna.settled(await anna.putUp(riff));
  const url = song.parts[0].take.preview_url;
  const whole = await anna.fetch(url);
  const bytes = Buffer.from(await whole.arrayBuffer());
  const part = await anna.fetch(url, { headers: { Range: "bytes=100-199" } });
  assert.equal(part.status, 206);
  assert.equal(part.headers.get("content-range"), `bytes 100-199/${bytes.length}`);
  assert.deepEqual(Buffer.from(await part.arrayBuffer()), bytes.subarray(100, 200));
  const cached = await anna.fetch(url, { headers: { "If-None-Match": whole.headers.get("etag") } });
  assert.equal(cached.status, 304);
  const beyond = await anna.fetch(url, { headers: { Range: `bytes=${bytes.length}-` } });
  assert.equal(beyond.status, 416);
});

test("a cover becomes a square picture, and a file that is none leaves the rings", async () => {
  const anna = await Musician.join(server);
  const picture = audio(files, "cover.png", "testsrc=size=800x600", ["-frames:v", "1"]);
  const song = await anna.putUp(riff, { cover_upload_id: await anna.upload(picture, { name: "cover.png" }) });
  const shown = await eventually("the cover", async () => {
    const now = await anna.get(`/api/v1/songs/${song.id}`);
    return now.cover_url && now;
  });
  const jpeg = Buffer.from(await (await anna.fetch(shown.cover_url)).arrayBuffer());
  assert.equal(jpeg.readUInt16BE(0), 0xffd8);
  const other = await anna.putUp(riff, { cover_upload_id: await anna.upload(Buffer.from("no picture"), { name: "x.png" }) });
  await anna.settled(other);
  assert.equal((await anna.get(`/api/v1/songs/${other.id}`)).cover_url, undefined);
});

async function events(musician, path, headers, enough) {
  const ending = new AbortController();
  const response = await musician.fetch(path, { headers, signal: ending.signal });
  assert.equal(response.headers.get("content-type").split(";")[0], "text/event-stream");
  const timer = setTimeout(() => ending.abort(new Error("the event never came")), 60_000);
  const seen = [];
  let text = "";
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    for (let end; (end = text.indexOf("\n\n")) >= 0; text = text.slice(end + 2)) {
      const fields = Object.fromEntries(text.slice(0, end).split("\n").map((line) => line.split(/: ?(.*)/s).slice(0, 2)));
      if (fields.id) seen.push(fields);
    }
    if (enough(seen)) break;
  }
  clearTimeout(timer);
  return seen;
}
