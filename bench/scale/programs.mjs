// SPDX-License-Identifier: AGPL-3.0-or-later
// What bench/scale starts, each with stop(); and what they have cost.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { eventually, freePort, root, soundhub, startSupport } from "../../tests/support/program.mjs";

/** CPU seconds of a process until now, to the nanosecond; none if it has gone. */
function cpuSeconds(pid) {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    return threads.reduce((sum, tid) => sum + Number(readFileSync(`/proc/${pid}/task/${tid}/schedstat`, "utf8").split(" ")[0]), 0) / 1e9;
  } catch {
    return undefined;
  }
}

/** Starts a watch: called, it says what these processes have used since. */
export function watchCpu(pids) {
  const before = new Map(pids.map((pid) => [pid, cpuSeconds(pid)]));
  return () => pids.reduce((sum, pid) => sum + ((cpuSeconds(pid) ?? before.get(pid)) - before.get(pid)), 0);
}

export function memoryMb(pid, name) {
  const [, kb] = readFileSync(`/proc/${pid}/status`, "utf8").match(new RegExp(`${name}:\\s+(\\d+)`));
  return Number(kb) / 1000;
}

async function start(program, words, env = process.env) {
  const child = spawn(program, words, { stdio: ["ignore", "ignore", "inherit"], env });
  const gone = once(child, "exit");
  return {
    pid: child.pid,
    gone: () => child.exitCode !== null || child.signalCode !== null,
    async stop() {
      child.kill("SIGTERM");
      await gone;
    },
  };
}

async function answering(url, program) {
  await eventually(`${url} answers`, async () => {
    if (program.gone()) throw new Error("ended at its start; what it says is above");
    return fetch(`${url}/readyz`).then((response) => response.ok, () => false);
  });
  return { ...program, url };
}

/** `soundhub serve` without a worker, on a folder or with a database of PostgreSQL. */
export async function serve(place) {
  const port = await freePort();
  const words = ["serve", "--listen", `127.0.0.1:${port}`, "--worker", "no", "--log-level", "warn", "--data", place.folder];
  const env = place.url ? { ...process.env, SOUNDHUB_DATABASE: place.url, SOUNDHUB_DATABASE_PASSWORD: place.password } : process.env;
  return { ...(await answering(`http://127.0.0.1:${port}`, await start(soundhub, words, env))), address: `127.0.0.1:${port}` };
}

/** nginx as deploy/render sets it up, before these servers. */
export async function balance(servers, folder) {
  const port = await freePort();
  const runtime = mkdtempSync(join(folder, "nginx-"));
  const env = {
    PATH: `${process.env.PATH}:/usr/sbin`,
    RUNTIME: runtime,
    NGINX_UPSTREAMS: servers.map((server) => server.address).join(" "),
    NGINX_ADDRESS: "127.0.0.1",
    NGINX_HTTP_PORT: String(port),
    NGINX_WORKERS: "1",
    NGINX_REQUESTS_PER_SECOND: "900000",
    NGINX_ACCESS_LOG: "off",
    ...(process.getuid() === 0 ? { NGINX_USER: "root" } : {}),
  };
  execFileSync(join(root, "deploy/render"), { env });
  const words = ["-p", join(runtime, "nginx"), "-e", "stderr", "-c", "nginx.conf", "-g", "daemon off;"];
  const config = readFileSync(join(runtime, "nginx/nginx.conf"), "utf8");
  const nginx = await start("nginx", config.includes("daemon ") ? words.slice(0, -2) : words, env);
  const balanced = await answering(`http://127.0.0.1:${port}`, nginx);
  const children = readFileSync(`/proc/${nginx.pid}/task/${nginx.pid}/children`, "utf8").trim().split(/\s+/).map(Number);
  return { ...balanced, pids: [nginx.pid, ...children] };
}

const seed = (place, songs, env = process.env) =>
  execFileSync(join(root, "bench/scale/seed"), ["--songs", String(songs), place], { env: { ...env, SOUNDHUB_BIN: soundhub }, stdio: ["ignore", 2, 2] });

/** The folder with so many songs in SQLite, filled unless it is there. */
export function sqlitePlace(folder, songs) {
  const place = { name: "SQLite", songs, folder: join(folder, `songs-${songs}`), pids: () => [] };
  const done = join(place.folder, "filled");
  if (!existsSync(done)) {
    seed(place.folder, songs);
    writeFileSync(done, "");
  }
  return place;
}

/** A server of PostgreSQL: place(songs) is a filled database on it. */
export async function postgresServer(given, folder) {
  const own = given ? undefined : await startSupport("postgres");
  const base = given ?? own.url.replace(/\/[^/]*$/, "");
  const password = own?.password ?? process.env.PGPASSWORD ?? "";
  const env = { ...process.env, PGPASSWORD: password };
  const ask = (name, sql) => execFileSync("psql", ["-XAtq", "-d", `${base}/${name}`, "-c", sql], { env, encoding: "utf8" }).trim();
  const place = (songs) => {
    const name = `scale_${songs}`;
    const url = `${base}/${name}`;
    if (ask("postgres", `SELECT 1 FROM pg_database WHERE datname = '${name}'`) !== "1") {
      ask("postgres", `CREATE DATABASE ${name}`);
      seed(url, songs, env);
    }
    const pids = () => ask(name, "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'soundhub'").split("\n").filter(Boolean).map(Number);
    return { name: "PostgreSQL", songs, url, password, folder: join(folder, "unused"), pids };
  };
  return { place, stop: async () => own?.stop() };
}
