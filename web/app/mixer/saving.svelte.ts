// SPDX-License-Identifier: AGPL-3.0-or-later
import { untrack } from "svelte";
import { api, ok, toSend } from "../../client/api";
import { asProblem } from "../../client/problem";
import type { Mix, MixSettings } from "../../client/types";
import { mixOfSong, type SongSpec } from "../../engine";
import type { Mixer } from "./mixer.svelte";
import { isSameMix } from "./model/document";
import { dropDraft, keepDraft } from "./model/draft";

const IDLE_MS = 10_000;
const DRAFT_MS = 300;

export type SaveState = "saved" | "unsaved" | "saving" | "failed" | "stale" | "readOnly";

/** Keeps the owner's work: at once in the browser, when idle or asked on the server, as a node of the history. */
export class Saver {
  state = $state<SaveState>("saved");
  newest = $state.raw<Mix | undefined>();
  private idle: ReturnType<typeof setTimeout> | undefined;
  private draft: ReturnType<typeof setTimeout> | undefined;
  private running: Promise<boolean> | undefined;

  private readonly opened: SongSpec;

  constructor(private readonly mixer: Mixer) {
    this.opened = mixer.doc;
    this.newest = mixer.song.mix;
    if (!mixer.song.may.edit) this.state = "readOnly";
  }

  private get isUnsaved(): boolean {
    return this.state !== "saved" && this.state !== "readOnly";
  }

  /** Call it at every change of the document. */
  noticed(doc: SongSpec): void {
    untrack(() => {
      const isUntouched = doc === this.opened && this.newest?.id === this.mixer.song.mix?.id;
      if (!isUntouched || this.state === "unsaved") this.consider(mixOfSong(doc), isUntouched);
    });
  }

  private consider(settings: MixSettings, isUntouched: boolean): void {
    if (this.state === "readOnly") return;
    clearTimeout(this.idle);
    clearTimeout(this.draft);
    if (isUntouched || isSameMix(settings, this.newest?.settings)) {
      this.state = "saved";
      dropDraft(localStorage, this.mixer.song.id);
      return;
    }
    if (this.state !== "stale") this.state = "unsaved";
    this.draft = setTimeout(() => this.keep(), DRAFT_MS);
    if (this.state !== "stale") this.idle = setTimeout(() => void this.save(), IDLE_MS);
  }

  /** Saves what is shown. True: it is the newest mix now. */
  async save(name = ""): Promise<boolean> {
    if (this.state === "readOnly") return false;
    await this.running;
    this.running = this.post(name);
    return this.running.finally(() => (this.running = undefined));
  }

  /** After a conflict: ours becomes the newest. */
  async saveOverNewest(): Promise<boolean> {
    this.newest = await this.fetchNewest();
    return this.save();
  }

  /** After a conflict: theirs is loaded; ours stays in undo. */
  async takeNewest(): Promise<void> {
    const newest = await this.fetchNewest();
    this.newest = newest;
    if (newest !== undefined) this.mixer.load(newest.settings);
    this.state = "saved";
  }

  /** The page may end now: what isn't saved stays in the browser. */
  keepNow(): void {
    if (this.isUnsaved) this.keep();
  }

  /** The mixer is left: saves what is left to save. */
  leave(): void {
    clearTimeout(this.idle);
    clearTimeout(this.draft);
    this.keepNow();
    if (this.state === "unsaved") void this.save();
  }

  private keep(): void {
    keepDraft(localStorage, this.mixer.song.id, { parentId: this.newest?.id, settings: this.mixer.settings });
  }

  private async post(name: string): Promise<boolean> {
    clearTimeout(this.idle);
    const settings = this.mixer.settings;
    if (name === "" && isSameMix(settings, this.newest?.settings)) return true;
    this.state = "saving";
    try {
      const body = { settings, ...(name !== "" && { name }), ...(this.newest && { parent_id: this.newest.id }) };
      const path = { song_id: this.mixer.song.id };
      this.newest = await ok(api.POST("/api/v1/songs/{song_id}/mixes", { params: { path }, body: toSend(body) }));
      this.state = "saved";
      this.noticed(this.mixer.doc); // what was changed meanwhile
      return true;
    } catch (error) {
      this.state = asProblem(error).key === "mix.stale" ? "stale" : "failed";
      this.keep();
      return false;
    }
  }

  private async fetchNewest(): Promise<Mix | undefined> {
    const params = { path: { song_id: this.mixer.song.id }, query: { limit: 1 } };
    return (await ok(api.GET("/api/v1/songs/{song_id}/mixes", { params }))).mixes[0];
  }
}
