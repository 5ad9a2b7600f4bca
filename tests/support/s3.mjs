// SPDX-License-Identifier: AGPL-3.0-or-later
// For tests in JavaScript: a real S3 server, and a proxy before it that harms what passes.
import http from "node:http";
import https from "node:https";
import { once } from "node:events";
import { startSupport } from "./program.mjs";

/** { endpoint, region, access_key, secret_key, bucket, stop() } */
export const startSwift = () => startSupport("swift");

/**
 * Stands before an S3 server. `fault(request)` says for each request what happens to it:
 *   undefined           nothing
 *   { status, code }    answered so, and the server doesn't hear of it
 *   { reset: true }     the connection is reset
 *   { delayMs }         passed on that much later
 *   { cutAfter }        the reply's body is reset after so many bytes
 *   { headers }         the reply has these as well
 * The Host stays what the client signed.
 */
export class FaultProxy {
  fault = () => undefined;
  requests = 0;
  faults = 0;

  /** With `tls` ({ cert, key }) it is reached by https. */
  async start(endpoint, tls) {
    this.upstream = new URL(endpoint);
    const serve = (request, reply) => this.#serve(request, reply);
    this.server = tls ? https.createServer(tls, serve) : http.createServer(serve);
    this.server.listen(0, "127.0.0.1");
    await once(this.server, "listening");
    this.endpoint = `${tls ? "https" : "http"}://127.0.0.1:${this.server.address().port}`;
    return this;
  }

  async stop() {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, "close");
  }

  #serve(request, reply) {
    ++this.requests;
    const fault = this.fault(request);
    if (fault) ++this.faults;
    if (fault?.reset) return request.socket.resetAndDestroy();
    if (fault?.status) {
      request.resume();
      return request.on("end", () => {
        reply.writeHead(fault.status, { "Content-Type": "application/xml" });
        reply.end(`<?xml version="1.0"?><Error><Code>${fault.code ?? "InternalError"}</Code></Error>`);
      });
    }
    setTimeout(() => this.#pass(request, reply, fault), fault?.delayMs ?? 0);
  }

  #pass(request, reply, fault) {
    const { hostname, port } = this.upstream;
    const { method, url: path, headers } = request;
    const onward = http.request({ hostname, port, method, path, headers, agent: false }, (answer) => {
      for (const [name, value] of Object.entries(fault?.headers ?? {})) reply.appendHeader(name, value);
      for (let i = 0; i < answer.rawHeaders.length; i += 2) reply.appendHeader(answer.rawHeaders[i], answer.rawHeaders[i + 1]);
      reply.writeHead(answer.statusCode);
      if (fault?.cutAfter === undefined) return answer.pipe(reply);
      let sent = 0;
      answer.on("data", (chunk) => {
        const piece = chunk.subarray(0, Math.max(0, fault.cutAfter - sent));
        sent += chunk.length;
        reply.write(piece, () => sent >= fault.cutAfter && request.socket.resetAndDestroy());
      });
      answer.on("end", () => reply.end());
    });
    // Swift writes an empty chunk after some answers to HEAD, which node takes for an answer out of turn.
    onward.on("error", () => (method === "HEAD" && reply.headersSent ? reply.end() : request.socket.resetAndDestroy()));
    request.on("error", () => onward.destroy());
    request.pipe(onward);
  }
}
