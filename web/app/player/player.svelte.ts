// SPDX-License-Identifier: AGPL-3.0-or-later
import { recall, remember } from "../shell/preferences";
import type { Track } from "./track";

/** The one thing that sounds outside the mixer. Lives as long as the page, so it plays on across the app's pages. */
class Player {
  track = $state.raw<Track | undefined>();
  playing = $state(false);
  /** Waiting for sound to arrive. */
  waiting = $state(false);
  failed = $state(false);
  timeS = $state(0);
  durationS = $state(0);
  volume = $state(storedVolume());
  muted = $state(false);

  private queue: readonly Track[] = [];
  private readonly audio = new Audio();
  private frame = 0;

  constructor() {
    this.audio.preload = "metadata";
    this.audio.crossOrigin = "anonymous"; // the page is isolated, and the bytes may lie elsewhere
    this.audio.volume = this.volume;
    const on = (name: string, act: () => void): void => this.audio.addEventListener(name, act);
    on("playing", () => this.set(true, false));
    on("pause", () => this.set(false, false));
    on("waiting", () => (this.waiting = true));
    on("seeked", () => (this.timeS = this.audio.currentTime));
    on("timeupdate", () => (this.timeS = this.audio.currentTime));
    on("durationchange", () => this.learnDuration());
    on("ended", () => this.ended());
    on("error", () => this.broken());
    this.offerMediaKeys();
  }

  /** Plays a track, from `atS` on; the rest of `queue` follows it. */
  play(track: Track, queue: readonly Track[] = [track], atS = 0): void {
    this.queue = queue;
    if (this.track?.id !== track.id || this.failed) {
      this.track = track;
      this.failed = false;
      this.timeS = atS;
      this.durationS = track.durationS;
      this.audio.src = this.source(track);
      this.describe(track);
    }
    if (atS > 0) this.seek(atS);
    void this.audio.play().catch((error: unknown) => this.refused(error));
  }

  pause(): void {
    this.audio.pause();
  }

  /** Plays on, or pauses. */
  toggle(): void {
    if (!this.track) return;
    if (this.playing) this.pause();
    else this.play(this.track, this.queue);
  }

  /** Plays the track, or pauses if it is the one that plays. */
  toggleTrack(track: Track, queue?: readonly Track[]): void {
    if (this.isCurrent(track) && this.playing) this.pause();
    else this.play(track, queue);
  }

  isCurrent(track: Track | undefined): boolean {
    return track !== undefined && this.track?.id === track.id;
  }

  /** Nothing is loaded any more; the bar goes. */
  stop(): void {
    this.audio.pause();
    this.audio.removeAttribute("src");
    this.track = undefined;
  }

  seek(seconds: number): void {
    this.timeS = Math.min(Math.max(0, seconds), this.durationS);
    this.audio.currentTime = this.timeS;
  }

  setVolume(volume: number): void {
    this.volume = volume;
    this.muted = false;
    this.audio.volume = volume;
    this.audio.muted = false;
    remember("volume", volume.toFixed(2));
  }

  toggleMuted(): void {
    this.muted = !this.muted;
    this.audio.muted = this.muted;
  }

  neighbour(step: 1 | -1): Track | undefined {
    const at = this.queue.findIndex((track) => track.id === this.track?.id);
    return at < 0 ? undefined : this.queue[at + step];
  }

  /** To the next track, or the previous one; back to the start if it has played for a while. */
  skip(step: 1 | -1): void {
    const track = this.neighbour(step);
    if (step === -1 && (this.timeS > 3 || !track)) this.seek(0);
    else if (track) this.play(track, this.queue);
  }

  private source(track: Track): string {
    const opus = this.audio.canPlayType('audio/ogg; codecs="opus"') !== "";
    return opus ? track.url : (track.fallbackUrl ?? track.url);
  }

  private set(playing: boolean, waiting: boolean): void {
    this.playing = playing;
    this.waiting = waiting;
    cancelAnimationFrame(this.frame);
    if (playing) this.follow();
  }

  /** The playhead moves with every frame drawn; timeupdate comes only four times a second. */
  private follow(): void {
    this.timeS = this.audio.currentTime;
    this.frame = requestAnimationFrame(() => this.follow());
  }

  private learnDuration(): void {
    if (Number.isFinite(this.audio.duration)) this.durationS = this.audio.duration;
  }

  private ended(): void {
    const next = this.neighbour(1);
    if (next) this.play(next, this.queue);
  }

  private broken(): void {
    if (!this.track || !this.audio.hasAttribute("src")) return;
    const fallback = this.track.fallbackUrl;
    if (fallback !== undefined && !this.audio.src.endsWith(fallback)) {
      this.audio.src = fallback;
      void this.audio.play().catch((error: unknown) => this.refused(error));
      return;
    }
    this.set(false, false);
    this.failed = true;
  }

  private refused(error: unknown): void {
    // Superseded by another track, or not allowed before a click: neither is a failure of the track.
    if (error instanceof DOMException && (error.name === "AbortError" || error.name === "NotAllowedError")) return;
    this.broken();
  }

  private describe(track: Track): void {
    if (!("mediaSession" in navigator)) return;
    const artwork = track.coverUrl === undefined ? [] : [{ src: track.coverUrl, type: "image/jpeg" }];
    navigator.mediaSession.metadata = new MediaMetadata({ title: track.title, artist: track.by, artwork });
  }

  private offerMediaKeys(): void {
    if (!("mediaSession" in navigator)) return;
    const on = (action: MediaSessionAction, act: (details: MediaSessionActionDetails) => void): void =>
      navigator.mediaSession.setActionHandler(action, act);
    on("play", () => this.toggle());
    on("pause", () => this.pause());
    on("previoustrack", () => this.skip(-1));
    on("nexttrack", () => this.skip(1));
    on("seekto", (details) => this.seek(details.seekTime ?? 0));
  }
}

function storedVolume(): number {
  const value = Number(recall("volume") ?? "1");
  return value >= 0 && value <= 1 ? value : 1;
}

export const player = new Player();

/** Whether a key pressed there is already somebody's. */
const usesKeys = "a, button, input, select, textarea, dialog, [contenteditable], [role=slider], [role=button]";

/** The space bar plays and pauses, unless it is typed into something. */
export function spaceBar(event: KeyboardEvent): void {
  if (event.code !== "Space" || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  const target = event.target instanceof Element ? event.target : null;
  const slider = target?.matches("input[type=range]") ?? false;
  if (!player.track || (!slider && target?.closest(usesKeys))) return;
  event.preventDefault();
  player.toggle();
}
