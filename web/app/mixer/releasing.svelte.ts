// SPDX-License-Identifier: AGPL-3.0-or-later
import { api, ok } from "../../client/api";
import { asProblem } from "../../client/problem";
import type { Release, SongEvent } from "../../client/types";
import type { Saver } from "./saving.svelte";

export type ReleaseState = "idle" | "starting" | "rendering" | "ready" | "failed";

/** One press of the release button: saves, asks the server to render, follows it to its end. */
export class Releasing {
  state = $state<ReleaseState>("idle");
  progress = $state(0);
  release = $state.raw<Release>();
  errorKey = $state("");

  constructor(
    private readonly songId: number,
    private readonly saver: Saver,
  ) {}

  async start(note: string): Promise<void> {
    this.state = "starting";
    this.progress = 0;
    try {
      const saved = await this.saver.save();
      const mix = this.saver.newest;
      if (!saved || mix === undefined) {
        this.reset(); // a conflict is asked about elsewhere
        return;
      }
      const body = { mix_id: mix.id, note };
      const params = { path: { song_id: this.songId } };
      this.show(await ok(api.POST("/api/v1/songs/{song_id}/releases", { params, body })));
    } catch (error) {
      this.fail(asProblem(error).key);
    }
  }

  /** An event of the song; those of other releases don't concern us. */
  async follow(name: string, event: SongEvent): Promise<void> {
    if (this.release === undefined || event.release_id !== this.release.id) return;
    if (name === "release.progress") this.progress = Math.max(this.progress, event.progress ?? 0);
    else if (name === "release.ready" || name === "release.failed") await this.look();
  }

  /** Asks how it stands; after a broken connection too. */
  async look(): Promise<void> {
    if (this.release === undefined || this.state !== "rendering") return;
    const params = { path: { release_id: this.release.id } };
    await ok(api.GET("/api/v1/releases/{release_id}", { params })).then(
      (release) => this.show(release),
      () => undefined, // the next event or connection asks again
    );
  }

  reset(): void {
    this.state = "idle";
    this.release = undefined;
    this.errorKey = "";
  }

  private show(release: Release): void {
    this.release = release;
    this.progress = Math.max(this.progress, release.progress);
    if (release.state === "failed") this.fail(release.error_key ?? "");
    else this.state = release.state;
  }

  private fail(key: string): void {
    this.state = "failed";
    this.errorKey = key;
  }
}
