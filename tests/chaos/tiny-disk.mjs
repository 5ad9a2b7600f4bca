// SPDX-License-Identifier: AGPL-3.0-or-later
// A filesystem of a few megabytes, which is soon full. Needs root.
import { execFileSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, unlinkSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export class TinyDisk {
  /** Why there can be none here; undefined if there can. */
  static impossible() {
    if (process.getuid() !== 0) return "mounting needs root";
    try {
      new TinyDisk(1).remove();
    } catch (error) {
      return `no mounting here: ${error.message.split("\n")[0]}`;
    }
    return undefined;
  }

  constructor(megabytes) {
    this.path = mkdtempSync(join(tmpdir(), "soundhub-tiny-"));
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m,mode=1777`, "soundhub-tiny", this.path], { stdio: "pipe" });
    } catch (error) {
      rmSync(this.path, { recursive: true });
      throw error;
    }
  }

  /** To the last byte, but for `leaving` of them. */
  fill(leaving = 0) {
    const file = openSync(join(this.path, "filler"), "w");
    const block = Buffer.alloc(64 * 1024, 1);
    const blocks = [];
    try {
      for (;;) blocks.push(writeSync(file, block));
    } catch (error) {
      if (error.code !== "ENOSPC") throw error;
    } finally {
      closeSync(file);
    }
    const size = blocks.reduce((sum, written) => sum + written, 0);
    execFileSync("truncate", ["-s", String(Math.max(0, size - leaving)), join(this.path, "filler")]);
  }

  free() {
    unlinkSync(join(this.path, "filler"));
  }

  remove() {
    execFileSync("umount", ["-l", this.path]);
    rmSync(this.path, { recursive: true, force: true });
  }
}
