// SPDX-License-Identifier: AGPL-3.0-or-later
// A real mail server on loopback: STARTTLS with a certificate of tests/support/authority, a login, and a memory.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { SMTPServer } from "smtp-server";

export const login = { user: "soundhub", pass: "a mailed secret" };

export class MailServer {
  /** `folder` is where the certificates are made. */
  static async start(folder, port = 0) {
    const authority = fileURLToPath(new URL("authority", import.meta.url));
    execFileSync(authority, [folder], { stdio: ["ignore", "inherit", "inherit"] });
    const server = new MailServer(folder);
    await server.listen(port);
    return server;
  }

  constructor(folder) {
    this.folder = folder;
    this.mails = [];
    this.refused = new Set();
    this.tries = 0;
    /** Awaited between a mail's last byte and the server's yes. */
    this.hold = async () => {};
  }

  get ca() {
    return join(this.folder, "ca.pem");
  }

  async listen(port) {
    this.server = new SMTPServer({
      key: readFileSync(join(this.folder, "server.key")),
      cert: readFileSync(join(this.folder, "server.pem")),
      authMethods: ["PLAIN", "LOGIN"],
      onAuth: ({ username, password }, { secure }, done) =>
        secure && username === login.user && password === login.pass ? done(null, { user: username }) : done(new Error("no")),
      onRcptTo: ({ address }, session, done) => (this.refuses(address) ? done(Object.assign(new Error("no such mailbox"), { responseCode: 550 })) : done()),
      onData: (stream, session, done) => void this.take(stream, session).then(() => done(), done),
    });
    this.server.on("error", () => {}); // a client that went away; the tests look at what arrived
    await new Promise((up) => this.server.listen(port, "127.0.0.1", up));
    this.port = this.server.server.address().port;
  }

  refuses(address) {
    ++this.tries;
    return this.refused.has(address);
  }

  async take(stream, session) {
    const chunks = [];
    for await (const chunk of stream) chunks.push(chunk);
    const mail = read(Buffer.concat(chunks).toString("latin1"));
    await this.hold(mail);
    this.mails.push({ ...mail, envelope: session.envelope.rcptTo.map(({ address }) => address), secure: session.secure });
  }

  stop() {
    return new Promise((down) => this.server.close(down));
  }

  /** What the program needs to send here. */
  settings(more = {}) {
    return {
      SOUNDHUB_SMTP: `smtp://localhost:${this.port}`,
      SOUNDHUB_SMTP_USER: login.user,
      SOUNDHUB_SMTP_PASSWORD: login.pass,
      SOUNDHUB_SMTP_CA: this.ca,
      SOUNDHUB_MAIL_FROM: "hub@soundhub.test",
      SOUNDHUB_PUBLIC_URL: "https://soundhub.test",
      ...more,
    };
  }
}

/** Headers and text of a mail, decoded as a mail program does. */
export function read(raw) {
  const [head, ...body] = raw.split("\r\n\r\n");
  const headers = {};
  for (const line of head.replaceAll(/\r\n[ \t]+/g, " ").split("\r\n")) {
    const colon = line.indexOf(":");
    headers[line.slice(0, colon).toLowerCase()] = words(line.slice(colon + 1).trim());
  }
  const parts = body.join("\r\n\r\n").split(/\r\n?--=_[0-9a-f]+(?:--)?\r\n|^--=_[0-9a-f]+\r\n/m);
  const text = parts.filter((part) => /base64/.test(part)).map((part) => Buffer.from(part.split("\r\n\r\n")[1], "base64").toString("utf8"));
  return { headers, raw, text: text[0], html: text[1] };
}

const words = (value) =>
  value.replaceAll(/\?=\s+=\?/g, "?==?").replaceAll(/=\?UTF-8\?B\?([^?]*)\?=/g, (_, digits) => Buffer.from(digits, "base64").toString("utf8"));
