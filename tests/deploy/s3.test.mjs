// SPDX-License-Identifier: AGPL-3.0-or-later
// Blobs in an S3 service whose certificate an authority of one's own has signed, and a browser that is sent there.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { Musician, OneProcess, audio, channel, eventually, soundhub } from "../e2e/harness.mjs";
import { blobsIn } from "../support/cluster.mjs";
import { FaultProxy, startSwift } from "../support/s3.mjs";
import { authority, root } from "./stack.mjs";

const { chromium } = createRequire(join(root, "web/package.json"))("@playwright/test");
const chromiumPath = process.env.CHROMIUM ?? "/usr/bin/chromium";
// Not execFileSync: the program talks to a proxy that lives in this process.
const run = (words, env) => promisify(execFile)(soundhub, words, { env });
let swift, s3, folder, server, anna, song, browser;

before(async () => {
  swift = await startSwift();
  const file = (name) => readFileSync(join(authority(), name));
  s3 = await new FaultProxy().start(swift.endpoint, { cert: file("server.pem"), key: file("server.key") });
  folder = mkdtempSync(join(tmpdir(), "soundhub-s3-"));
  server = await OneProcess.start(join(folder, "data"), ["--media-delivery", "redirect"], settings());
  // The bucket's CORS rule, as deploy/aws/soundhub.yaml has it.
  s3.fault = () => ({ headers: { "Access-Control-Allow-Origin": server.url, "Access-Control-Expose-Headers": "Content-Range, ETag" } });
  anna = await Musician.join(server, "Anna");
  browser = await chromium.launch({ executablePath: chromiumPath, args: ["--autoplay-policy=no-user-gesture-required"] });
});
after(async () => {
  await browser?.close();
  await server?.stop();
  await s3?.stop();
  await swift?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const settings = () => ({
  ...blobsIn({ ...swift, endpoint: s3.endpoint }, "tls"),
  SOUNDHUB_S3_CA: join(authority(), "ca.pem"),
});

test("a service that no known authority vouches for is given nothing", async () => {
  const { SOUNDHUB_S3_CA: _, ...strangers } = server.environment;
  const asked = s3.requests;
  const found = await run(["doctor", "--data", join(folder, "other")], strangers).catch((error) => error);
  assert.equal(found.code, 1);
  assert.match(found.stdout, /WRONG blob store: .*certificate/);
  assert.equal(s3.requests, asked);
});

test("with its certificate a song is put up, answered, mixed and released there", async () => {
  const riff = audio(folder, "riff.flac", "anoisesrc=duration=12:color=pink:amplitude=0.3:seed=5");
  song = await anna.settled(await anna.putUp(riff));
  await anna.release(song, await anna.saveMix(song, [channel(song.parts[0])]));
  const { stdout } = await run(["verify", "--data", server.data], server.environment);
  assert.match(stdout, / 0 damaged, 0 missing/);
});

/** A page, and what its browser was answered by the store. */
async function visit(path) {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, locale: "en-US" }); // it doesn't know the authority
  const page = await context.newPage();
  const fetched = [];
  const complaints = [];
  page.on("response", (response) => response.url().startsWith(s3.endpoint) && fetched.push(response.status()));
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  await page.goto(server.url + path);
  return { context, page, fetched, complaints };
}

test("a browser that is sent there plays the release", async () => {
  const { context, page, fetched, complaints } = await visit(`/songs/${song.id}`);
  await page.getByRole("button", { name: "Play the mix" }).click();
  const position = page.getByRole("region", { name: "Player" }).getByRole("slider", { name: "Position" });
  await eventually("the position moves", async () => Number(await position.inputValue()) > 0.3, 30);
  assert.ok(fetched.includes(206), String(fetched));
  assert.deepEqual(complaints, []);
  await context.close();
});

test("and mixes with the stems that are there", async () => {
  const { context, page, fetched, complaints } = await visit(`/songs/${song.id}/mixer`);
  await page.getByRole("button", { name: "Play", exact: true }).click();
  const clock = page.getByRole("timer");
  await eventually("the mixer, which waits for stems, goes on", async () => (await clock.textContent()) > "0:00:00.5", 30);
  assert.ok(fetched.includes(200), String(fetched));
  assert.deepEqual(complaints, []);
  await context.close();
});
