// SPDX-License-Identifier: AGPL-3.0-or-later
import type { SongEngine } from "../../engine";
import type { Part, Song } from "../../client/types";
import { player } from "../player/player.svelte";

type Engine = typeof import("../../engine");
const framesPerSecond = 48_000;

/** Plays an offered part together with the song, in sync, from the stems: what the mix would sound like with it. */
export class Audition {
  state = $state<"off" | "starting" | "on">("off");
  /** The offer that is heard. */
  partId = $state<number | undefined>();
  positionS = $state(0);
  failed = $state.raw<unknown>();

  private engine: SongEngine | undefined;
  private frame = 0;
  private turn = 0;

  /** Call it from a click: browsers let no sound begin otherwise. */
  async start(song: Song, offer: Part): Promise<void> {
    this.stop();
    const turn = ++this.turn;
    this.state = "starting";
    this.partId = offer.id;
    this.failed = undefined;
    player.pause();
    try {
      const code = await import("../../engine");
      const engine = await code.openSong(withOffer(code, song, offer), { ended: () => this.stop() });
      if (turn !== this.turn) {
        engine.close();
        return;
      }
      this.engine = engine;
      await engine.play();
      if (turn !== this.turn) return;
      this.state = "on";
      this.follow();
    } catch (error) {
      if (turn !== this.turn) return;
      this.stop();
      this.failed = error;
    }
  }

  seek(seconds: number): void {
    this.positionS = seconds;
    this.engine?.seek(Math.round(seconds * framesPerSecond));
  }

  stop(): void {
    this.turn++;
    cancelAnimationFrame(this.frame);
    this.engine?.close();
    this.engine = undefined;
    this.state = "off";
    this.partId = undefined;
    this.positionS = 0;
  }

  private follow(): void {
    this.positionS = (this.engine?.position() ?? 0) / framesPerSecond;
    this.frame = requestAnimationFrame(() => this.follow());
  }
}

/** The newest mix, with accepted parts that aren't in it yet, and the offer on top. */
function withOffer(code: Engine, song: Song, offer: Part): ReturnType<Engine["songOfMix"]> {
  const ready = song.parts.filter((part) => part.take.state === "ready");
  const takes = new Map(ready.map((part) => [part.take.id, part.take]));
  const mix = song.mix ? code.songOfMix(song.mix.settings, takes) : { channels: [], master: code.defaultMaster };
  const there = new Set(mix.channels.map((channel) => channel.partId));
  const missing = ready.filter((part) => (part.state === "accepted" || part.id === offer.id) && !there.has(part.id));
  return { ...mix, channels: [...mix.channels, ...missing.map((part) => code.channelSpec(part.id, part.take))] };
}
