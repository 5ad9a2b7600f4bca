// SPDX-License-Identifier: AGPL-3.0-or-later
// What nginx, supervisord and the programs do together, from the files in deploy/ and on real sockets.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, readdirSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import https from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Musician, audio, channel, eventually } from "../e2e/harness.mjs";
import { EventStream, Stack, authority, freePort, root } from "./stack.mjs";

// 127.0.0.2 is a load balancer to this stack; 127.0.0.1 is anybody.
const balancer = "127.0.0.2";
let stack, files, riff, anna, song, metricsPort;

before(async () => {
  metricsPort = 20000 + (process.pid % 10000); // below what the kernel hands out, as its neighbours are needed too
  stack = await Stack.start({ NGINX_TRUSTED_PROXIES: balancer, SOUNDHUB_METRICS_LISTEN: `127.0.0.1:${metricsPort}` });
  files = mkdtempSync(join(tmpdir(), "soundhub-deploy-audio-"));
  riff = audio(files, "riff.wav", "sine=frequency=220:sample_rate=48000:duration=2");
  anna = await Musician.join(stack, "Anna");
});

after(async () => {
  await stack?.remove();
  rmSync(files, { recursive: true, force: true });
});

const requestOf = (event, id) => eventually(`${event} of request ${id}`, () => stack.logged(event).find((line) => line.id === id), 10);

test("a song is put up, ingested by the worker, and heard, through TLS and two instances", async () => {
  song = await anna.settled(await anna.putUp(riff));
  assert.equal(song.parts[0].take.state, "ready");
  const instances = new Set(stack.logged("nginx.request").map((line) => line.upstream));
  assert.equal(instances.size, 2, `nginx asks both: ${[...instances]}`);
});

test("an upload reaches SoundHub while it is still being sent, and never lies on nginx's disk", async () => {
  const bytes = randomBytes(50 << 20);
  const sentFirst = 40 << 20;
  const location = await anna.beginUpload(bytes.length, "noise.wav");
  const done = new Promise((answered, failed) => {
    const request = https.request(stack.url + location, {
      method: "PATCH",
      headers: {
        Authorization: `Bearer ${anna.token}`,
        "Tus-Resumable": "1.0.0",
        "Upload-Offset": "0",
        "Content-Type": "application/offset+octet-stream",
        "Content-Length": bytes.length,
      },
    }, (response) => answered(response.resume().statusCode));
    request.once("error", failed);
    request.write(bytes.subarray(0, sentFirst));
    eventually("SoundHub has kept a first piece", async () => (await anna.offset(location)) >= 16 << 20, 30)
      .then(() => {
        for (const folder of readdirSync(join(stack.runtime, "temp"))) {
          const kept = readdirSync(join(stack.runtime, "temp", folder), { recursive: true });
          assert.deepEqual(kept, [], `nginx keeps nothing in ${folder}`);
        }
        request.end(bytes.subarray(sentFirst));
      })
      .catch((error) => {
        request.destroy();
        failed(error);
      });
  });
  assert.equal(await done, 204);
  assert.equal(await anna.offset(location), bytes.length);
});

test("a body that is too large is refused with a problem, by nginx as by SoundHub", async () => {
  for (const size of [300 << 10, 600 << 10]) {
    const answer = await stack.ask("/api/v1/accounts", { method: "POST", headers: { "Content-Type": "application/json" }, body: Buffer.alloc(size, 0x20) });
    assert.equal(answer.status, 413);
    assert.equal(answer.headers["content-type"], "application/problem+json");
    const problem = JSON.parse(answer.text);
    assert.deepEqual([problem.status, problem.key], [413, "http.body_too_large"]);
    assert.equal(problem.request_id, answer.headers["x-request-id"]);
  }
});

test("an event arrives while its stream stays open, and a lost stream goes on where it was", async () => {
  const stream = await EventStream.open(stack, anna);
  assert.equal(stream.response.headers["content-type"].split(";")[0], "text/event-stream");
  const first = await anna.putUp(riff, { title: "one" });
  const seen = await stream.next("take.ready");
  stream.close();
  await anna.settled(first);

  const second = await anna.settled(await anna.putUp(riff, { title: "two" }));
  const resumed = await EventStream.open(stack, anna, { lastId: seen.id });
  const missed = await resumed.next("take.ready");
  assert.ok(Number(missed.id) > Number(seen.id));
  assert.ok(JSON.stringify(missed.data).includes(String(second.id)), `about the second song: ${JSON.stringify(missed.data)}`);
  assert.equal(resumed.events.filter((event) => event.id === seen.id).length, 0, "nothing comes twice");
  resumed.close();
});

test("a range of a recording is the same bytes through nginx", async () => {
  const original = readFileSync(riff);
  const answer = await anna.fetch(`/api/v1/takes/${song.parts[0].take.id}/original`, { headers: { Range: "bytes=1000-2999" } });
  assert.equal(answer.status, 206);
  assert.equal(answer.headers.get("content-range"), `bytes 1000-2999/${original.length}`);
  assert.deepEqual(Buffer.from(await answer.arrayBuffer()), original.subarray(1000, 3000));
});

test("what anybody says about forwarding is not believed, what the load balancer says is", async () => {
  const forged = { "X-Forwarded-For": "203.0.113.66", "X-Forwarded-Proto": "http", "X-Request-Id": "forged-id", "X-Forwarded-Host": "evil.example" };
  const stranger = await stack.ask("/api/v1/home", { headers: forged });
  const strangersId = stranger.headers["x-request-id"];
  assert.notEqual(strangersId, "forged-id");
  assert.equal((await requestOf("http.request", strangersId)).peer, "127.0.0.1");
  assert.ok(stranger.headers["strict-transport-security"], "it came over TLS, whatever the header says");

  const relayed = { "X-Forwarded-For": "203.0.113.66, 198.51.100.7", "X-Forwarded-Proto": "https", "X-Request-Id": "balancer-4711" };
  const trusted = await stack.ask("/api/v1/home", { headers: relayed, from: balancer });
  assert.equal(trusted.headers["x-request-id"], "balancer-4711");
  const line = await requestOf("http.request", "balancer-4711");
  assert.equal(line.peer, "198.51.100.7", "the last address the balancer saw, not the first one somebody wrote");
  assert.equal((await requestOf("nginx.request", "balancer-4711")).via, balancer);
});

test("one id joins the answer, nginx's log and SoundHub's", async () => {
  const answer = await stack.ask("/api/v1/songs/999999999");
  const id = answer.headers["x-request-id"];
  assert.equal(answer.status, 404);
  assert.equal(JSON.parse(answer.text).request_id, id);
  for (const event of ["nginx.request", "http.request"]) {
    const line = await requestOf(event, id);
    assert.deepEqual([line.path, line.status], ["/api/v1/songs/999999999", 404]);
  }
});

test("curl is given HTTP/2, TLS 1.2 at least, and https when it asks for http", () => {
  const ca = join(authority(), "ca.pem");
  const curl = (...words) => execFileSync("curl", ["-s", "--cacert", ca, "-o", "/dev/null", ...words], { encoding: "utf8" });
  assert.equal(curl("--http2", "-w", "%{http_version} %{http_code}", `${stack.url}/`), "2 200");
  assert.equal(curl("--http2", "-w", "%{http_code}", "-X", "POST", "-H", "Content-Type: application/json", "-d", "{}", `${stack.url}/api/v1/sessions`), "422");
  assert.equal(curl("-w", "%{http_code} %{redirect_url}", `${stack.plain}/songs/1?a=b`), "308 https://127.0.0.1/songs/1?a=b");
  assert.throws(() => curl("--tls-max", "1.1", `${stack.url}/`));
});

test("the web app comes as it was compressed when it was built", async () => {
  const page = await stack.ask("/");
  const script = page.text.match(/src="(\/[^"]+\.js)"/)[1];
  const answer = await stack.ask(script, { headers: { "Accept-Encoding": "br" } });
  assert.equal(answer.headers["content-encoding"], "br");
  assert.ok(answer.headers.etag && !answer.headers.etag.startsWith("W/"), "the tag is still a strong one");
});

test("metrics are nobody's business, health is everybody's, and a draining host says so", async () => {
  const metrics = await stack.ask("/metrics");
  assert.deepEqual([metrics.status, JSON.parse(metrics.text).key], [404, "http.not_found"]);
  for (const plain of [false, true]) {
    assert.equal((await stack.ask("/healthz", { plain })).status, 200);
    assert.equal((await stack.ask("/readyz", { plain })).status, 200);
  }
  writeFileSync(join(stack.runtime, "draining"), "");
  assert.equal((await stack.ask("/readyz", { plain: true })).status, 503);
  assert.equal((await stack.ask("/api/v1/home")).status, 200, "it still works for those who are there");
  unlinkSync(join(stack.runtime, "draining"));
});

test("each process answers for itself at a metrics port of its own, out of reach of nginx", async () => {
  const read = async (member) => (await fetch(`http://127.0.0.1:${metricsPort + member}/metrics`)).text();
  const [first, second, worker] = [await read(0), await read(1), await read(2)];
  for (const text of [first, second]) assert.match(text, /^soundhub_http_requests_total\{/m);
  assert.match(worker, /^soundhub_job_attempts_total\{kind="ingest",outcome="done"\} [1-9]/m);
});

test("who asks too often is told so in SoundHub's words, and health checks still pass", async () => {
  const runtime = join(stack.folder, "strict");
  const port = await freePort();
  const environment = {
    ...stack.environment,
    RUNTIME: runtime,
    NGINX_HTTP_PORT: String(port),
    NGINX_CERTIFICATE: "",
    NGINX_REQUESTS_PER_SECOND: "2",
    NGINX_UPSTREAMS: [0, 1].map((number) => `unix:${join(stack.runtime, `serve-${number}.sock`)}`).join(" "),
    NGINX_ACCESS_LOG: "off",
  };
  execFileSync(join(root, "deploy/render"), { env: environment });
  const nginx = spawn("nginx", ["-p", join(runtime, "nginx"), "-e", "stderr", "-c", "nginx.conf"], { env: environment, stdio: "ignore" });
  const ended = new Promise((done) => nginx.once("exit", done));
  const url = `http://127.0.0.1:${port}`;
  try {
    await eventually("the strict nginx", () => fetch(`${url}/healthz`).then((response) => response.ok, () => false));
    const answers = [];
    while (answers.length < 40) answers.push(await fetch(`${url}/api/v1/home`));
    const refused = answers.filter((answer) => answer.status === 429);
    assert.ok(refused.length > 10 && refused.length < 40, `${refused.length} of 40 refused`);
    assert.equal((await refused[0].json()).key, "http.too_many_connections");
    assert.ok(Number(refused[0].headers.get("retry-after")) > 0);
    assert.equal((await fetch(`${url}/readyz`)).status, 200);
  } finally {
    nginx.kill("SIGQUIT");
    await ended;
  }
});

/** Four musicians, each reading and saving mixes of a song of their own, until told to stop; what goes wrong is kept. */
async function keepBusy() {
  const songs = [song];
  while (songs.length < 4) songs.push(await anna.settled(await anna.putUp(riff, { title: `busy ${songs.length}` })));
  const load = { asked: 0, failures: [], saved: new Map(), over: false };
  const agent = new https.Agent({ keepAlive: true, maxSockets: 4 });
  const ask = (method, path, body) => new Promise((done) => {
    const headers = { Authorization: `Bearer ${anna.token}`, ...(body && { "Content-Type": "application/json" }) };
    const request = https.request(stack.url + path, { method, headers, agent }, async (response) => {
      let text = "";
      for await (const chunk of response.setEncoding("utf8")) text += chunk;
      if (response.statusCode >= 300) load.failures.push(`${method} ${path}: ${response.statusCode} ${text}`);
      ++load.asked;
      done(JSON.parse(text));
    });
    request.once("error", (error) => {
      load.failures.push(`${method} ${path}: ${error.message}`);
      done({});
    });
    request.end(body && JSON.stringify(body));
  });
  const client = async ({ id, parts }) => {
    let parent;
    for (let turn = 0; !load.over; ++turn) {
      await ask("GET", "/api/v1/home");
      const settings = { channels: [channel(parts[0], { gain_db: -(turn % 20) })], master: { gain_db: 0, limiter: true, ceiling_dbtp: -1 } };
      const mix = await ask("POST", `/api/v1/songs/${id}/mixes`, { ...(parent && { parent_id: parent }), settings });
      if (mix.id) load.saved.set(id, [...(load.saved.get(id) ?? []), (parent = mix.id)]);
      await ask("GET", `/api/v1/songs/${id}`);
    }
  };
  const clients = Promise.all(songs.map(client));
  load.stop = async () => {
    load.over = true;
    await clients;
    agent.destroy();
  };
  return load;
}

async function allMixes(id) {
  const ids = [];
  for (let after; ; ) {
    const page = await anna.get(`/api/v1/songs/${id}/mixes${after ? `?after=${encodeURIComponent(after)}` : ""}`);
    ids.push(...page.mixes.map((mix) => mix.id));
    if (!(after = page.next)) return ids.sort((a, b) => a - b);
  }
}

test("both instances are restarted one after the other, and meanwhile no request fails, is lost or is done twice", async () => {
  const load = await keepBusy();
  await eventually("load", () => load.asked > 20);
  const before = load.asked;
  await stack.restartOneByOne();
  await eventually("load after the restart", () => load.asked > before + 50);
  await load.stop();
  assert.deepEqual(load.failures, []);
  for (const [id, saved] of load.saved) assert.deepEqual(await allMixes(id), saved, `mixes of song ${id}`);
  assert.ok(stack.logged("serve.stopped").length >= 2, "both went by themselves, none was killed");
});

test("an event stream is resumed by the other instance when its own one restarts", async () => {
  const stream = await EventStream.open(stack, anna);
  await anna.settled(await anna.putUp(riff, { title: "three" }));
  const seen = await stream.next("take.ready");
  const closed = new Promise((done) => stream.response.once("close", done));
  await stack.restartOneByOne();
  await closed;
  const after = await anna.settled(await anna.putUp(riff, { title: "four" }));
  const resumed = await EventStream.open(stack, anna, { lastId: seen.id });
  const missed = await resumed.next("take.ready");
  assert.ok(JSON.stringify(missed.data).includes(String(after.id)));
  resumed.close();
});

test("a killed instance costs no reader anything, and is back by itself", async () => {
  const pid = Number(stack.control("pid", "serve:0"));
  process.kill(pid, "SIGKILL");
  for (let i = 0; i < 20; ++i) assert.equal((await stack.ask("/api/v1/home")).status, 200);
  await eventually("serve 0 is back", () => stack.askInstance(0, "/readyz").then((status) => status === 200, () => false));
  assert.notEqual(Number(stack.control("pid", "serve:0")), pid);
});

test("stopping ends all in order and leaves no process behind", async () => {
  const { code, left } = await stack.stop();
  assert.equal(code, 0);
  assert.deepEqual(left, []);
  const text = stack.text();
  assert.ok(text.lastIndexOf('"work.stopped"') < text.lastIndexOf('"serve.stopping"'), "serve goes last");
  assert.equal(stack.logged("serve.stopped").length, stack.logged("serve.stopping").length);
});
