// SPDX-License-Identifier: AGPL-3.0-or-later
// See bench/scale/run --help.
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { balance, memoryMb, postgresServer, serve, sqlitePlace, watchCpu } from "./programs.mjs";
import { answered, foundReads, seededReads } from "./reads.mjs";

const { values: given } = parseArgs({
  options: {
    songs: { type: "string", default: "10000,100000" },
    databases: { type: "string", default: "sqlite,postgres" },
    reads: { type: "string" },
    rounds: { type: "string", default: "3" },
    seconds: { type: "string", default: "1" },
    connections: { type: "string", default: "1" },
    instances: { type: "string", default: "2" },
    data: { type: "string" },
    postgres: { type: "string" },
    demo: { type: "string" },
  },
});
const rounds = Number(given.rounds);
const folder = mkdtempSync(join(tmpdir(), "soundhub-scale-"));
const running = [];
const started = (program) => (running.push(program), program);
const say = (text) => process.stderr.write(`${text}\n`);
const row = (cells) => process.stdout.write(`| ${cells.join(" | ")} |\n`);
const table = (heads) => (row(heads), row(heads.map(() => "---")));
const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1];
const ms = (us) => (us / 1000).toFixed(us < 10_000 ? 2 : 1);

/** One go of wrk at these paths: requests/s, p50, p99, CPU of one request. */
async function ask(url, paths, cpu, connections = given.connections) {
  const list = join(folder, "paths");
  writeFileSync(list, `${paths.join("\n")}\n`);
  const watches = cpu.map(watchCpu);
  const script = join(dirname(fileURLToPath(import.meta.url)), "paths.lua");
  const words = ["-t1", `-c${connections}`, `-d${given.seconds}s`, "-s", script, url, "--", list];
  const { stdout } = await promisify(execFile)("wrk", words);
  const said = JSON.parse(stdout.trim().split("\n").at(-1));
  if (said.bad > 0) throw new Error(`${said.bad} bad answers, e.g. to ${paths[0]}`);
  const cost = watches.map((used) => (used() / said.requests) * 1e6);
  return { perSecond: (said.requests / said.us) * 1e6, p50: said.p50_us, p99: said.p99_us, cpu: cost };
}

/** How long an event stream takes to open, of some, one after the other; in the shape of ask(). */
async function openStreams(url, cpu, count = 100) {
  const watches = cpu.map(watchCpu);
  const took = [];
  for (let i = 0; i < count; ++i) {
    const begun = process.hrtime.bigint();
    await new Promise((done, failed) => {
      const request = get(`${url}/api/v1/events`, { agent: false }, (response) => {
        took.push(Number(process.hrtime.bigint() - begun) / 1000);
        response.destroy();
        done();
      });
      request.on("error", failed);
    });
  }
  took.sort((a, b) => a - b);
  const cost = watches.map((used) => (used() / count) * 1e6);
  return { perSecond: 1e6 / median(took), p50: median(took), p99: took[Math.floor(count * 0.99)], cpu: cost };
}

/** Of each figure the best round: what else the machine does only adds. */
const best = (goes) => ({
  perSecond: Math.max(...goes.map((go) => go.perSecond)),
  p50: Math.min(...goes.map((go) => go.p50)),
  p99: Math.min(...goes.map((go) => go.p99)),
  cpu: goes[0].cpu.map((_, i) => Math.min(...goes.map((go) => go.cpu[i]))),
});

function wanted(reads) {
  const names = given.reads?.split(",") ?? Object.keys(reads);
  return Object.fromEntries(Object.entries(reads).filter(([name]) => names.includes(name)));
}

/** One server for each size; every read in turns. */
async function compareSizes(places) {
  const servers = [];
  for (const place of places) {
    const server = started(await serve(place));
    const reads = await answered(server.url, wanted(seededReads(place.songs)));
    servers.push({ ...server, place, reads, cpu: () => [[server.pid], place.pids()] });
  }
  const names = Object.keys(servers[0].reads);
  if (!given.reads) names.push("event stream opens");
  for (const name of names) {
    const go = (server) => (server.reads[name] ? ask(server.url, server.reads[name], server.cpu()) : openStreams(server.url, server.cpu()));
    const goes = servers.map(() => []);
    for (const server of servers) await go(server); // what is cached is so in both
    for (let round = 0; round < rounds; ++round) for (const [i, server] of servers.entries()) goes[i].push(await go(server));
    const [small, big] = [best(goes[0]), best(goes.at(-1))];
    const all = (m) => m.cpu.reduce((a, b) => a + b, 0);
    const pair = (show) => `${show(small)} / ${show(big)}`;
    row([places[0].name, name, pair((m) => m.perSecond.toFixed(0)), pair((m) => ms(m.p50)), pair((m) => ms(m.p99)),
      pair((m) => m.cpu.map((us) => us.toFixed(0)).join(" + ")), (big.p50 / small.p50).toFixed(2), (all(big) / all(small)).toFixed(2)]);
  }
  for (const server of servers) say(`serve with ${server.place.songs} songs in ${server.place.name}: ${memoryMb(server.pid, "VmRSS").toFixed(1)} MB resident, ${memoryMb(server.pid, "VmHWM").toFixed(1)} MB at most`);
  for (const server of servers) await server.stop();
}

/** From one serve behind nginx to several, in turns. */
async function compareInstances(place) {
  const servers = [];
  for (let i = 0; i < Number(given.instances); ++i) servers.push(started(await serve(place)));
  const fronts = [];
  for (const used of [servers.slice(0, 1), servers]) fronts.push({ ...started(await balance(used, folder)), used });
  const all = await answered(fronts[0].url, seededReads(place.songs));
  process.stdout.write(`\nBehind nginx, PostgreSQL with ${place.songs} songs, 16 connections, 1 / ${servers.length} serve:\n\n`);
  table(["read", "requests/s", "p50 ms", "p99 ms", "CPU µs of serve + PostgreSQL + nginx"]);
  for (const name of ["home", "newest", "song page", "profile"]) {
    const goes = fronts.map(() => []);
    for (let round = 0; round < rounds; ++round)
      for (const [i, front] of fronts.entries()) goes[i].push(await ask(front.url, all[name], [front.used.map(({ pid }) => pid), place.pids(), front.pids], 16));
    const sides = goes.map(best);
    const both = (show) => sides.map(show).join(" / ");
    row([name, both((m) => m.perSecond.toFixed(0)), both((m) => ms(m.p50)), both((m) => ms(m.p99)), both((m) => m.cpu.map((us) => us.toFixed(0)).join(" + "))]);
  }
  for (const one of [...fronts, ...servers]) await one.stop();
}

async function measureDemo() {
  const server = started(await serve({ folder: given.demo }));
  const idle = memoryMb(server.pid, "VmRSS");
  const reads = await answered(server.url, await foundReads(server.url));
  table(["read", "requests/s", "p50 ms", "p99 ms", "CPU µs"]);
  for (const [name, paths] of Object.entries(reads)) {
    const goes = [];
    for (let round = 0; round < rounds; ++round) goes.push(await ask(server.url, paths, [[server.pid]]));
    const { perSecond, p50, p99, cpu } = best(goes);
    row([name, perSecond.toFixed(0), ms(p50), ms(p99), cpu[0].toFixed(0)]);
  }
  process.stdout.write(`\nserve, resident: ${idle.toFixed(1)} MB after start, ${memoryMb(server.pid, "VmRSS").toFixed(1)} MB after this\n`);
  await server.stop();
}

async function measureScale() {
  const sizes = given.songs.split(",").map(Number);
  const databases = given.databases.split(",");
  const postgres = databases.includes("postgres") ? started(await postgresServer(given.postgres, folder)) : undefined;
  const sets = [];
  if (databases.includes("sqlite")) sets.push(sizes.map((songs) => sqlitePlace(given.data ?? folder, songs)));
  if (postgres) sets.push(sizes.map((songs) => postgres.place(songs)));
  process.stdout.write(`${sizes[0]} / ${sizes.at(-1)} songs, ${given.connections} connection(s), best of ${rounds} rounds of ${given.seconds} s\n\n`);
  table(["database", "read", "requests/s", "p50 ms", "p99 ms", "CPU µs of serve + PostgreSQL", "p50, many / few", "CPU, many / few"]);
  for (const places of sets) await compareSizes([places[0], places.at(-1)]);
  if (postgres && Number(given.instances) > 0) await compareInstances(sets.at(-1).at(-1));
}

async function end() {
  for (const program of running.splice(0).reverse()) await program.stop().catch(() => undefined);
  rmSync(folder, { recursive: true, force: true });
}
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => void end().then(() => process.exit(1)));
try {
  await (given.demo ? measureDemo() : measureScale());
} finally {
  await end();
}
