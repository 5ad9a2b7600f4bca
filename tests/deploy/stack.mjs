// SPDX-License-Identifier: AGPL-3.0-or-later
// One host as it is deployed: deploy/start runs nginx with TLS, several `soundhub serve` and a `soundhub work` under
// supervisord, all below one folder and on loopback.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, openSync, readFileSync, readdirSync, rmSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { eventually, freePort, root, soundhub } from "../support/program.mjs";

export { freePort, root };

/** Where tests/support/authority put its files; the process must run with its ca.pem in NODE_EXTRA_CA_CERTS. */
export function authority() {
  const ca = process.env.NODE_EXTRA_CA_CERTS;
  assert.ok(ca && existsSync(join(dirname(ca), "server.pem")), "run this by script/test deploy: it needs NODE_EXTRA_CA_CERTS");
  return dirname(ca);
}

/** The processes of a session that are still there, as "pid name". */
export function processesOfSession(session) {
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name)).flatMap((pid) => {
    try {
      const [, name, rest] = readFileSync(`/proc/${pid}/stat`, "utf8").match(/\((.*)\) (.*)/s);
      const [state, , , itsSession] = rest.split(" ");
      return Number(itsSession) === session && state !== "Z" ? [`${pid} ${name}`] : [];
    } catch {
      return []; // gone meanwhile
    }
  });
}

export class Stack {
  static async start(settings = {}, { serves = 2, tls = true } = {}) {
    const stack = new Stack();
    stack.folder = mkdtempSync(join(tmpdir(), "soundhub-deploy-"));
    stack.runtime = join(stack.folder, "run");
    stack.logFile = join(stack.folder, "log");
    stack.plainPort = await freePort();
    stack.port = tls ? await freePort() : stack.plainPort;
    stack.plain = `http://127.0.0.1:${stack.plainPort}`;
    stack.url = tls ? `https://127.0.0.1:${stack.port}` : stack.plain;
    stack.environment = {
      PATH: `${dirname(soundhub)}:${process.env.PATH}:/usr/sbin`,
      HOME: stack.folder,
      RUNTIME: stack.runtime,
      SERVE_PROCESSES: String(serves),
      NGINX_ADDRESS: "127.0.0.1",
      NGINX_HTTP_PORT: String(stack.plainPort),
      NGINX_REQUESTS_PER_SECOND: "100000",
      SOUNDHUB_DATA: join(stack.folder, "data"),
      SOUNDHUB_SIGN_UPS_PER_HOUR: "1000",
      ...(process.getuid() === 0 ? { NGINX_USER: "root" } : {}),
      ...(tls && {
        NGINX_HTTPS_PORT: String(stack.port),
        NGINX_CERTIFICATE: join(authority(), "server.pem"),
        NGINX_CERTIFICATE_KEY: join(authority(), "server.key"),
      }),
      ...settings,
    };
    try {
      await stack.launch();
    } catch (error) {
      await stack.remove(); // or it would keep the tests from ending
      throw error;
    }
    return stack;
  }

  async launch() {
    const log = openSync(this.logFile, "a");
    this.process = spawn(join(root, "deploy/start"), { env: this.environment, stdio: ["ignore", log, log], detached: true });
    this.ended = new Promise((done) => this.process.once("exit", (code, signal) => done({ code, signal })));
    this.process.once("exit", () => (this.gone = true));
    await this.ready();
  }

  async ready() {
    await eventually("the stack is ready", async () => {
      assert.ok(!this.gone, "supervisord ended at its start");
      return fetch(`${this.plain}/readyz`).then((response) => response.ok, () => false);
    }).catch((error) => assert.fail(`${error.message}\n${this.text()}`));
  }

  text() {
    return readFileSync(this.logFile, "utf8");
  }

  /** The JSON lines of this event, of all processes. */
  logged(event) {
    return this.text().split("\n").filter((line) => line.includes(`"${event}"`)).map((line) => JSON.parse(line));
  }

  control(...words) {
    const args = ["-c", join(root, "deploy/supervisord.conf"), ...words];
    return execFileSync("supervisorctl", args, { env: this.environment, encoding: "utf8" });
  }

  /** A request from an address of our choice: the answer with its body as text. */
  async ask(path, { from = "127.0.0.1", plain = false, headers = {}, method = "GET", body } = {}) {
    const options = { host: "127.0.0.1", port: plain ? this.plainPort : this.port, path, method, headers, localAddress: from, agent: false };
    return new Promise((done, failed) => {
      const request = (plain || this.url === this.plain ? http : https).request(options, async (response) => {
        let text = "";
        for await (const chunk of response.setEncoding("utf8")) text += chunk;
        done({ status: response.statusCode, headers: response.headers, text });
      });
      request.once("error", failed);
      request.end(body);
    });
  }

  /** Asks one instance behind nginx directly. */
  async askInstance(number, path) {
    return new Promise((done, failed) => {
      const options = { socketPath: join(this.runtime, `serve-${number}.sock`), path, headers: { Host: "localhost" }, agent: false };
      http.get(options, (response) => done(response.resume().statusCode)).once("error", failed);
    });
  }

  /** As deployments do it: one after the other, each ready before the next one goes. */
  async restartOneByOne() {
    for (const number of [0, 1]) {
      this.control("restart", `serve:${number}`);
      await eventually(`serve ${number} is ready`, () => this.askInstance(number, "/readyz").then((status) => status === 200, () => false));
    }
  }

  async stop() {
    this.process.kill("SIGTERM");
    const how = await this.ended;
    return { ...how, left: processesOfSession(this.process.pid) };
  }

  async remove() {
    if (!this.gone) await this.stop();
    if (process.env.SOUNDHUB_E2E_LOG) process.stderr.write(this.text());
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Server-sent events over node's own https, so that a test sees what arrives and when. */
export class EventStream {
  static async open(stack, musician, { path = "/api/v1/events", lastId } = {}) {
    const stream = new EventStream();
    stream.events = [];
    const headers = { Authorization: `Bearer ${musician.token}`, Accept: "text/event-stream", ...(lastId && { "Last-Event-ID": lastId }) };
    await new Promise((done, failed) => {
      stream.request = https.get({ host: "127.0.0.1", port: stack.port, path, headers, agent: false }, (response) => {
        stream.response = response;
        let pending = "";
        response.setEncoding("utf8").on("data", (chunk) => {
          pending += chunk;
          const blocks = pending.split("\n\n");
          pending = blocks.pop();
          for (const block of blocks) stream.take(block);
        });
        response.on("error", () => {});
        done();
      });
      stream.request.once("error", failed);
    });
    stream.request.on("error", () => {});
    return stream;
  }

  take(block) {
    const fields = Object.fromEntries(block.split("\n").map((line) => line.split(/: ?(.*)/s).slice(0, 2)));
    if (fields.id) this.events.push({ id: fields.id, name: fields.event, data: fields.data && JSON.parse(fields.data) });
  }

  next(name) {
    return eventually(`event ${name}`, () => this.events.find((event) => event.name === name));
  }

  close() {
    this.request.destroy();
  }
}
