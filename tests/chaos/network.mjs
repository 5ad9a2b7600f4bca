// SPDX-License-Identifier: AGPL-3.0-or-later
// A host in a network namespace of its own, on a cable that can be pulled. Needs root.
import { execFileSync } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { connect, createServer } from "node:net";

const ip = (...words) => execFileSync("ip", words, { stdio: ["ignore", "pipe", "pipe"] });

export class Island {
  /** Why there can be none here; undefined if there can. */
  static impossible() {
    if (process.getuid() !== 0) return "network namespaces need root";
    const name = `shtry${process.pid}`;
    try {
      ip("netns", "add", name);
      ip("netns", "del", name);
    } catch (error) {
      return `no network namespaces here: ${error.message.split("\n").at(-2)}`;
    }
    return undefined;
  }

  constructor() {
    const third = randomInt(256), fourth = randomInt(64) * 4;
    this.name = `sh${third}x${fourth}`;
    this.outside = `10.213.${third}.${fourth + 1}`;
    this.inside = `10.213.${third}.${fourth + 2}`;
    this.through = ["ip", "netns", "exec", this.name];
    ip("netns", "add", this.name);
    ip("link", "add", `${this.name}o`, "type", "veth", "peer", "name", "up0", "netns", this.name);
    ip("addr", "add", `${this.outside}/30`, "dev", `${this.name}o`);
    ip("link", "set", `${this.name}o`, "up");
    ip("-n", this.name, "addr", "add", `${this.inside}/30`, "dev", "up0");
    ip("-n", this.name, "link", "set", "lo", "up");
    this.plug();
  }

  pull() {
    ip("-n", this.name, "link", "set", "up0", "down");
  }

  plug() {
    ip("-n", this.name, "link", "set", "up0", "up");
  }

  remove() {
    ip("netns", "del", this.name);
  }

  /** The cable's end outside passes this port on to the same one of the loopback, where the tests' services are. */
  async pass(port) {
    const relay = createServer((here) => {
      const there = connect(port, "127.0.0.1");
      here.pipe(there).pipe(here);
      for (const [one, other] of [[here, there], [there, here]]) one.on("error", () => other.destroy()).on("close", () => other.destroy());
    });
    relay.listen(port, this.outside);
    await once(relay, "listening");
    return () => relay.close();
  }
}
