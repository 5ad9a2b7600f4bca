// SPDX-License-Identifier: AGPL-3.0-or-later
// SoundHub on many hosts, on loopback: two hosts as deploy/start makes them (nginx, serve, work, supervisord), each on
// the same PostgreSQL and S3, and nginx or HAProxy with TLS as the load balancer before them.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { connect } from "node:tls";
import { eventually, freePort, root, soundhub } from "./program.mjs";

const service = (name) => JSON.parse(process.env[`SOUNDHUB_TEST_${name}`] ?? assert.fail("run tests/e2e/row-three.mjs"));

/** The environment of a program with a new, empty database and bucket folder. */
export function emptyStores(postgres, s3) {
  const name = `hub_${randomBytes(6).toString("hex")}`;
  const url = new URL(postgres.url);
  const psql = ["-q", "-h", url.hostname, "-p", url.port, "-U", url.username, "-d", "postgres", "-c", `CREATE DATABASE ${name}`];
  execFileSync("psql", psql, { env: { ...process.env, PGPASSWORD: postgres.password } });
  url.pathname = name;
  return {
    SOUNDHUB_DATABASE: url.href,
    SOUNDHUB_DATABASE_PASSWORD: postgres.password,
    ...blobsIn(s3, name),
  };
}

/** The environment of a program that keeps its blobs in this folder of the service's bucket. */
export const blobsIn = (s3, folder) => ({
  SOUNDHUB_BLOBS: `s3://${s3.bucket}/${folder}`,
  SOUNDHUB_S3_ENDPOINT: s3.endpoint,
  SOUNDHUB_S3_REGION: s3.region,
  SOUNDHUB_S3_STYLE: "path",
  SOUNDHUB_S3_ACCESS_KEY: s3.access_key,
  SOUNDHUB_S3_SECRET_KEY: s3.secret_key,
});

/** The processes of a session that run this program with this verb. */
export function processesOf(session, verbs) {
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map(Number).filter((pid) => {
    try {
      const rest = readFileSync(`/proc/${pid}/stat`, "utf8").match(/\) (.*)/s)[1].split(" ");
      const [program, verb] = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
      return Number(rest[3]) === session && rest[0] !== "Z" && program.endsWith("soundhub") && verbs.includes(verb);
    } catch {
      return false; // gone meanwhile
    }
  });
}

/** Load balancers: what to run in `folder` to listen with TLS on `port` before `hosts`. */
async function nginx({ folder, authority, port, hosts }) {
  const environment = {
    PATH: `${process.env.PATH}:/usr/sbin`,
    RUNTIME: folder,
    NGINX_UPSTREAMS: hosts.map((host) => host.address).join(" "),
    NGINX_ADDRESS: "127.0.0.1",
    NGINX_HTTP_PORT: String(await freePort()),
    NGINX_HTTPS_PORT: String(port),
    NGINX_CERTIFICATE: join(authority, "server.pem"),
    NGINX_CERTIFICATE_KEY: join(authority, "server.key"),
    NGINX_REQUESTS_PER_SECOND: "100000",
    NGINX_ACCESS_LOG: "off",
    ...(process.getuid() === 0 ? { NGINX_USER: "root" } : {}),
  };
  execFileSync(join(root, "deploy/render"), { env: environment });
  return { environment, command: ["nginx", "-p", join(folder, "nginx"), "-e", "stderr", "-c", "nginx.conf"] };
}

export async function haproxy({ folder, authority, port, hosts }) {
  const certificate = join(folder, "both.pem");
  writeFileSync(certificate, ["server.pem", "server.key"].map((name) => readFileSync(join(authority, name), "utf8")).join(""), { mode: 0o600 });
  const environment = {
    PATH: `${process.env.PATH}:/usr/sbin`,
    BALANCER_LISTEN: `127.0.0.1:${port}`,
    BALANCER_CERTIFICATE: certificate,
    ...Object.fromEntries(hosts.map((host, number) => [`HOST_${number}`, host.address])),
  };
  return { environment, command: ["haproxy", "-db", "-f", join(root, "deploy/haproxy.cfg")] };
}

export class Cluster {
  /** `hosts`: for each host what addHost takes. Only HAProxy knows which hosts are fit to be asked (inBalancer). */
  static async start(_data, options = [], { postgres = service("POSTGRES"), s3 = service("S3"), hosts = [{}, {}], balancer = nginx } = {}) {
    const cluster = new Cluster();
    cluster.folder = mkdtempSync(join(tmpdir(), "soundhub-cluster-"));
    cluster.stores = emptyStores(postgres, s3);
    cluster.options = options;
    cluster.hosts = [];
    for (const host of hosts) await cluster.addHost(host);
    await cluster.startBalancer(balancer);
    await cluster.ready();
    return cluster;
  }

  /** --some-option value as SOUNDHUB_SOME_OPTION. */
  get settings() {
    const out = { SOUNDHUB_SIGN_UPS_PER_HOUR: "1000", ...this.stores };
    for (let i = 0; i < this.options.length; i += 2) out[`SOUNDHUB_${this.options[i].slice(2).toUpperCase().replaceAll("-", "_")}`] = this.options[i + 1];
    return out;
  }

  /**
   * A host on this address, with what `settings` makes of the cluster's stores beside its settings; `through` is put
   * before its command, for instance to run it in a network namespace.
   */
  async addHost({ settings = () => ({}), address = "127.0.0.1", through = [] } = {}) {
    const name = `host-${this.hosts.length}`;
    const port = await freePort();
    const log = join(this.folder, `${name}.log`);
    const runtime = join(this.folder, name);
    const environment = {
      PATH: `${dirname(soundhub)}:${process.env.PATH}:/usr/sbin`,
      HOME: this.folder,
      RUNTIME: runtime,
      NGINX_ADDRESS: address,
      NGINX_HTTP_PORT: String(port),
      NGINX_REQUESTS_PER_SECOND: "100000",
      NGINX_TRUSTED_PROXIES: "127.0.0.1",
      NGINX_ACCESS_LOG: "off",
      ...(process.getuid() === 0 ? { NGINX_USER: "root" } : {}),
      ...this.settings,
      ...settings(this.stores),
    };
    const host = { name, log, runtime, environment, command: [...through, join(root, "deploy/start")], address: `${address}:${port}`, url: `http://${address}:${port}` };
    this.startHost(host);
    this.hosts.push(host);
    return host;
  }

  /** Also anew, after stopHost. */
  startHost(host) {
    const fd = openSync(host.log, "a");
    const [command, ...words] = host.command;
    host.gone = false;
    host.child = spawn(command, words, { env: host.environment, stdio: ["ignore", fd, fd], detached: true });
    closeSync(fd);
    host.ended = new Promise((done) => host.child.once("exit", (code, signal) => done({ code, signal })));
    host.child.once("exit", () => (host.gone = true));
  }

  async startBalancer(balancer) {
    const authority = dirname(process.env.NODE_EXTRA_CA_CERTS ?? assert.fail("NODE_EXTRA_CA_CERTS says whom to believe"));
    assert.ok(existsSync(join(authority, "server.pem")), "tests/support/authority made no certificate");
    const folder = join(this.folder, "balancer");
    mkdirSync(folder);
    const port = await freePort();
    const { environment, command } = await balancer({ folder, authority, port, hosts: this.hosts });
    this.balancerLog = join(this.folder, "balancer.log");
    const fd = openSync(this.balancerLog, "a");
    this.balancer = spawn(command[0], command.slice(1), { env: environment, stdio: ["ignore", fd, fd] });
    closeSync(fd);
    this.balancerEnded = new Promise((done) => this.balancer.once("exit", done));
    this.url = `https://127.0.0.1:${port}`;
  }

  /** Whether HAProxy gives this host requests, by the last it said of it. */
  inBalancer({ name }) {
    const said = [...readFileSync(this.balancerLog, "utf8").matchAll(/Server soundhub\/(\S+) is (UP|DOWN)/g)];
    return said.findLast(([, host]) => host === name)?.[2] !== "DOWN";
  }

  async ready() {
    const answers = (url) => fetch(`${url}/readyz`).then((response) => response.ok, () => false);
    for (const host of this.hosts)
      await eventually(`${host.name} is ready`, () => (assert.ok(!host.gone, this.text()), answers(host.url))).catch((error) => assert.fail(`${error.message}\n${this.text()}`));
    await eventually("the load balancer is ready", () => answers(this.url));
  }

  text() {
    return this.hosts.map((host) => readFileSync(host.log, "utf8")).join("");
  }

  get log() {
    return this.text().split("\n");
  }

  /** kill -9 of every serve and work at the same moment; supervisord starts them anew. */
  async crash() {
    for (const host of this.hosts) for (const pid of processesOf(host.child.pid, ["serve", "work"])) process.kill(pid, "SIGKILL");
    await this.ready();
  }

  run(...words) {
    return execFileSync(soundhub, words, { env: { ...process.env, ...this.settings }, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  }

  connect(connected) {
    const { hostname, port } = new URL(this.url);
    return connect({ host: hostname, port: Number(port), ALPNProtocols: ["http/1.1"] }, connected);
  }

  /** One statement by psql: the rows, each a list of words. */
  sql(statement) {
    const { SOUNDHUB_DATABASE: url, SOUNDHUB_DATABASE_PASSWORD: password } = this.stores;
    const words = ["-X", "-q", "-A", "-t", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-c", statement, url];
    const text = execFileSync("psql", words, { env: { ...process.env, PGPASSWORD: password }, encoding: "utf8", maxBuffer: 1 << 28 });
    return text.split("\n").filter((line) => line).map((line) => line.split("\t"));
  }

  rows() {
    const { SOUNDHUB_DATABASE: url, SOUNDHUB_DATABASE_PASSWORD: password } = this.stores;
    return execFileSync("pg_dump", [url], { env: { ...process.env, PGPASSWORD: password }, encoding: "latin1", maxBuffer: 1 << 30 });
  }

  /** The host takes nothing new; HAProxy has seen so when this returns. */
  async drainHost(host) {
    writeFileSync(join(host.runtime, "draining"), "");
    await eventually(`${host.name} is out of the balancer`, () => !this.inBalancer(host));
  }

  async stopHost(host) {
    if (host.gone) return;
    host.child.kill("SIGTERM");
    await host.ended;
  }

  async stop() {
    await Promise.all(this.hosts.map((host) => this.stopHost(host)));
    this.balancer.kill("SIGTERM");
    await this.balancerEnded;
  }

  async remove() {
    await this.stop();
    if (process.env.SOUNDHUB_E2E_LOG) process.stderr.write(`${this.log.filter((line) => !line.includes("http.request") || line.includes('"status":5')).join("\n")}\n`);
    rmSync(this.folder, { recursive: true, force: true });
  }
}
