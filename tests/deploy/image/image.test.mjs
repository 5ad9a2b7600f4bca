// SPDX-License-Identifier: AGPL-3.0-or-later
// The container as people run it: built by script/image on a base made here, started by podman with a read-only root and
// no capabilities, used over HTTP, stopped. Only the programs come from outside (build/release/bin, or SOUNDHUB_BIN's
// folder), which is what --prebuilt is for. SOUNDHUB_IMAGE names one that lies in build/image/store already, for instance
// one that `script/image --local-base --storage build/image/store` compiled.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { Musician, audio, eventually } from "../../e2e/harness.mjs";
import { freePort, root } from "../stack.mjs";

const image = process.env.SOUNDHUB_IMAGE ?? "localhost/soundhub:test";
const programs = process.env.SOUNDHUB_BIN ? dirname(process.env.SOUNDHUB_BIN) : join(root, "build/release/bin");
const store = join(root, "build/image/store");
const runroot = `/run/soundhub-image-${execFileSync("cksum", { input: `${store}\n`, encoding: "utf8" }).split(" ")[0]}`;
const name = `soundhub-test-${process.pid}`;
// What podman needs where there is no systemd: cgroups by hand, events in a file, Debian's runc instead of crun.
const podman = ["--root", join(store, "images"), "--runroot", runroot, "--storage-driver", "overlay", "--cgroup-manager", "cgroupfs", "--events-backend", "file", "--runtime", "/usr/sbin/runc"];
const limits = ["--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1000:1000"];
const locked = ["--read-only", "--tmpfs", "/run/soundhub:mode=1777", "--tmpfs", "/tmp", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"];

const run = (...words) => execFileSync("podman", [...podman, ...words], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
const inside = (...words) => run("exec", name, ...words);
const logs = () => {
  const { stdout, stderr } = spawnSync("podman", [...podman, "logs", name], { encoding: "utf8" });
  return stdout + stderr;
};

let server, files, riff, anna, song;

async function start() {
  const port = await freePort();
  server = { url: `http://127.0.0.1:${port}` };
  run("run", "--detach", "--name", name, "--network", "host", ...limits, ...locked, "--volume", `${name}:/data`,
    "--env", "NGINX_ADDRESS=127.0.0.1", "--env", `NGINX_HTTP_PORT=${port}`, image);
  await eventually("the container is ready", () => fetch(`${server.url}/readyz`).then((response) => response.ok, () => false))
    .catch((error) => assert.fail(`${error.message}\n${logs()}`));
}

before(async () => {
  if (!process.env.SOUNDHUB_IMAGE) execFileSync(join(root, "script/image"), ["--prebuilt", programs, "--local-base", "--with", "buildah", "--storage", store, "--tag", image], { stdio: ["ignore", 2, 2] });
  files = mkdtempSync(join(tmpdir(), "soundhub-image-"));
  riff = audio(files, "riff.wav", "sine=frequency=220:sample_rate=48000:duration=3");
  await start();
});

after(() => {
  spawnSync("podman", [...podman, "rm", "--force", "--volumes", name]);
  spawnSync("podman", [...podman, "volume", "rm", "--force", name]);
  rmSync(files, { recursive: true, force: true });
});

test("someone signs up and puts up a song, and the locked child inside decodes it", async (t) => {
  t.diagnostic(`image: ${(Number(run("image", "inspect", "--format", "{{.Size}}", image)) / 1e6).toFixed(0)} MB, base: ${(Number(run("image", "inspect", "--format", "{{.Size}}", "localhost/debian:bookworm-slim")) / 1e6).toFixed(0)} MB`);
  anna = await Musician.join(server, "Anna");
  song = await anna.settled(await anna.putUp(riff));
  assert.equal(song.parts[0].take.state, "ready");
  assert.equal(song.parts[0].take.frames, 3 * 48000);
  const answer = await anna.fetch(`/api/v1/takes/${song.parts[0].take.id}/preview.opus`);
  assert.equal(answer.status, 200);
  assert.ok((await answer.arrayBuffer()).byteLength > 1000);
});

test("everything in it runs as nobody in particular, without capabilities, and can't write where it shouldn't", () => {
  const status = inside("sh", "-c", "cat /proc/[0-9]*/status");
  const all = (field) => [...status.matchAll(new RegExp(`^${field}:\\s*(\\S+)`, "gm"))].map((match) => match[1]);
  assert.ok(all("Uid").length >= 5, "supervisord, nginx and its workers, serve, work");
  assert.deepEqual(new Set(all("Uid")), new Set(["10001"]));
  assert.deepEqual(new Set(all("CapEff")), new Set(["0000000000000000"]));
  assert.deepEqual(new Set(all("NoNewPrivs")), new Set(["1"]));
  for (const path of ["/x", "/usr/local/bin/x", "/etc/x", "/var/x"]) assert.throws(() => inside("touch", path), path);
  assert.throws(() => inside("sh", "-c", "touch /usr/local/bin/soundhub && echo >>/usr/local/bin/soundhub"));
});

test("the health check that comes with the image passes, supervisorctl works, and other verbs run", () => {
  run("healthcheck", "run", name);
  const lines = inside("supervisorctl", "status").trim().split("\n");
  assert.equal(lines.length, 3);
  for (const line of lines) assert.match(line, /RUNNING/);
  assert.match(run("run", "--rm", ...limits, ...locked, "--network", "host", image, "soundhub", "check-config"), /data\s.*\/data/);
});

test("it stops cleanly when asked, and what was put up is there when it starts again", async () => {
  run("stop", "--time", "100", name);
  assert.equal(run("inspect", "--format", "{{.State.ExitCode}}", name).trim(), "0");
  const text = logs();
  for (const event of ["work.stopped", "serve.stopped"]) assert.ok(text.includes(`"${event}"`), event);
  run("rm", name);
  await start();
  anna.server = server;
  assert.equal((await anna.get(`/api/v1/songs/${song.id}`)).title, song.title);
});
