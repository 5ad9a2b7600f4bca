// SPDX-License-Identifier: AGPL-3.0-or-later
import type { MixSettings, Part, Song } from "../../client/types";
import { channelSpec, mixOfSong, openSong, songFrames } from "../../engine";
import type { ChannelSettings, ChannelSpec, Loop, MasterSettings, PlayState, SongEngine, SongSpec } from "../../engine";
import { FrameLoop } from "./frames";
import {
  changed,
  documentOf,
  isSameDocument,
  partsOffered,
  refreshed,
  rowsOf,
  withChannel,
  withMaster,
} from "./model/document";
export type { Row } from "./model/document";
import { History } from "./model/history";

/** The state of one open mixer: what is mixed, what was, and the engine that plays it. */
export class Mixer {
  song = $state.raw<Song>() as Song;
  doc = $state.raw<SongSpec>() as SongSpec;
  tried = $state.raw<readonly ChannelSpec[]>([]); // offered parts that are heard, not saved
  state = $state<PlayState>("stopped");
  loop = $state.raw<Loop>();
  looping = $state(false);
  silent = $state.raw<readonly number[]>([]);
  engineFailed = $state(false);
  canUndo = $state(false);
  canRedo = $state(false);
  readonly frames = new FrameLoop(() => this.state !== "stopped");
  readonly rows = $derived(rowsOf(this.song, [...this.doc.channels, ...this.tried]));
  readonly length = $derived(songFrames([...this.doc.channels, ...this.tried]));

  engine: SongEngine | undefined;
  private readonly history: History<SongSpec>;
  private closed = false;

  constructor(song: Song, settings: MixSettings | undefined) {
    this.song = song;
    this.doc = documentOf(song, settings);
    this.history = new History(this.doc);
  }

  get settings(): MixSettings {
    return mixOfSong(this.doc);
  }

  /** Fetches the engine and the first segments; sound needs play(). */
  async open(): Promise<void> {
    try {
      const engine = await openSong(this.audible(), {
        state: (state) => this.follow(state),
        silent: (partId) => (this.silent = [...this.silent, partId]),
      });
      this.engine = engine;
      if (this.closed) engine.close();
      else this.apply();
    } catch {
      this.engineFailed = true;
    }
  }

  close(): void {
    this.closed = true;
    this.frames.stop();
    this.engine?.close();
  }

  // --- Transport

  toggle(): void {
    if (this.state === "stopped") void this.engine?.play();
    else this.engine?.stop();
    this.frames.wake();
  }

  position(): number {
    return this.engine?.position() ?? 0;
  }

  seek(frame: number): void {
    this.engine?.seek(Math.min(frame, this.length));
    this.frames.wake();
  }

  /** A new range is also one that one wants to hear. */
  setLoop(loop: Loop, on = true): void {
    this.loop = { start: Math.round(loop.start), end: Math.round(loop.end) };
    this.looping = on;
    this.applyLoop();
  }

  toggleLoop(): void {
    this.loop ??= { start: 0, end: this.length };
    this.looping = !this.looping;
    this.applyLoop();
  }

  // --- Settings. `what` names the gesture: changes of one gesture are undone together.

  setChannel(partId: number, change: Partial<ChannelSettings>, what: string): void {
    if (this.tried.some((c) => c.partId === partId)) {
      this.tried = this.tried.map((c) => (c.partId === partId ? changed(c, change) : c));
      this.apply();
    } else {
      this.change(withChannel(this.doc, partId, change), `${what}:${partId}`);
    }
  }

  setMaster(change: Partial<MasterSettings>, what: string): void {
    this.change(withMaster(this.doc, change), `master:${what}`);
  }

  endGesture(): void {
    this.history.seal();
  }

  undo(): void {
    this.show(this.history.undo());
  }

  redo(): void {
    this.show(this.history.redo());
  }

  /** An earlier mix (or a draft) as the newest step; undo leads back. */
  load(settings: MixSettings): void {
    this.history.seal();
    this.change(documentOf(this.song, settings), "load");
    this.history.seal();
  }

  // --- Offered parts

  /** Hears an offered part in the mix, or no longer. Nothing of it is saved. */
  try(part: Part): void {
    const isTried = this.tried.some((c) => c.partId === part.id);
    const others = this.tried.filter((c) => c.partId !== part.id);
    this.tried = isTried ? others : [...others, channelSpec(part.id, part.take)];
    this.apply();
  }

  /** The song has changed (a part was accepted, a take is ready): new parts get a strip, tried ones keep their settings. */
  refresh(song: Song): void {
    const next = refreshed(song, this.doc, this.tried);
    const offered = partsOffered(song).map((p) => p.id);
    this.song = song;
    this.tried = this.tried.filter((c) => offered.includes(c.partId));
    if (isSameDocument(next, this.doc)) this.apply();
    else this.change(next, "parts");
  }

  private change(doc: SongSpec, gesture: string): void {
    this.history.change(doc, gesture, performance.now());
    this.show(doc);
  }

  private show(doc: SongSpec): void {
    this.doc = doc;
    this.canUndo = this.history.canUndo;
    this.canRedo = this.history.canRedo;
    this.apply();
  }

  private audible(): SongSpec {
    return { ...this.doc, channels: [...this.doc.channels, ...this.tried] };
  }

  private apply(): void {
    this.engine?.setChannels(this.audible().channels);
    this.engine?.setMaster(this.doc.master);
    this.frames.wake();
  }

  private applyLoop(): void {
    if (this.looping && this.loop !== undefined) this.looping = this.engine?.setLoop(this.loop) ?? true;
    else this.engine?.clearLoop();
    this.frames.wake();
  }

  private follow(state: PlayState): void {
    this.state = state;
    this.frames.wake();
  }
}
