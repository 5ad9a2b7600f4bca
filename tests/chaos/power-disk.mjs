// SPDX-License-Identifier: AGPL-3.0-or-later
// A disk in a file, with ext4 on it, whose power can be cut: what the system still holds in memory is then gone. Needs
// root and loop devices.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const megabytes = 512; // sparse
const run = (program, ...words) => execFileSync(program, words, { stdio: "pipe" });

export class PowerDisk {
  /** Why there can be none here; undefined if there can. */
  static impossible() {
    if (process.getuid() !== 0) return "mounting needs root";
    try {
      new PowerDisk().remove();
    } catch (error) {
      return `no mounting here: ${error.message.split("\n")[0]}`;
    }
    return undefined;
  }

  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), "soundhub-power-"));
    this.image = join(this.folder, "image");
    run("truncate", "-s", `${megabytes}M`, this.image);
    run("mkfs.ext4", "-q", this.image);
    this.#mount();
  }

  // The journal is written when somebody asks for it, not every five seconds: so that the cut comes at the worst moment.
  #mount() {
    this.path = join(this.folder, "disk");
    mkdirSync(this.path, { recursive: true });
    try {
      run("mount", "-o", "loop,commit=600", this.image, this.path);
    } catch (error) {
      rmSync(this.folder, { recursive: true });
      throw error;
    }
  }

  /** Power fails now; `meanwhile` ends who had files open. Afterwards the disk is back, with what had reached it. */
  async cut(meanwhile) {
    run("cp", "--sparse=always", this.image, `${this.image}.cut`);
    await meanwhile();
    run("umount", "--lazy", this.path); // a child of the killed may hold a file for a moment more
    run("mv", `${this.image}.cut`, this.image);
    this.#mount();
  }

  remove() {
    run("umount", "--lazy", this.path);
    rmSync(this.folder, { recursive: true, force: true });
  }
}
