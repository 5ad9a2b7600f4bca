// SPDX-License-Identifier: AGPL-3.0-or-later
import { Dsp } from "./dsp";
import type { Command, Notice, Numbered, PlayState, SegmentPcm } from "./protocol";
import { CHANNEL_METERS, MASTER_METERS } from "./protocol";
import { buffersOf } from "./segment_cache";
import type { ChannelSettings } from "./settings";
import { Slots } from "./slots";
import { QUANTUM, SAMPLE_RATE } from "./units";

const REPORT_FRAMES = SAMPLE_RATE / 30;
const MOST_FRAMES = 4096; // of one sh_render()
const NONE = -1;

type Post = (notice: Notice, transfer?: Transferable[]) => void;

/**
 * The engine as a worklet hosts it: obeys commands, renders, asks for segments, reports. Knows neither DOM nor
 * AudioWorklet, so that a test can run it. Nothing in render() allocates except when there is something to post.
 */
export class EngineHost {
  private readonly dsp: Dsp;
  private readonly slots: Slots;
  private state: PlayState = "stopped";
  private serial = 0;
  private untilReport = 0;

  constructor(
    module: WebAssembly.Module,
    private readonly channels: number,
    private readonly post: Post,
  ) {
    this.dsp = new Dsp(module);
    this.slots = new Slots(this.dsp);
    this.dsp.api.sh_prepare(channels);
    this.dsp.api.sh_set_playing(0);
  }

  obey({ serial, command }: Numbered, contextFrame: number): void {
    this.serial = serial;
    this.apply(command);
    this.ask();
    if (command.kind !== "segment") this.report(contextFrame);
  }

  /** Fills `left` and `right`; their length is a multiple of 64. */
  render(left: Float32Array, right: Float32Array, contextFrame: number): void {
    if (left.length % QUANTUM !== 0) throw new RangeError(`render quantum of ${left.length} frames`);
    this.follow(contextFrame);
    for (let done = 0; done < left.length; done += MOST_FRAMES) {
      const frames = Math.min(MOST_FRAMES, left.length - done);
      this.dsp.api.sh_render(frames);
      left.set(this.dsp.floats(this.dsp.api.sh_output(0), frames), done);
      right.set(this.dsp.floats(this.dsp.api.sh_output(1), frames), done);
    }
    this.ask();
    this.untilReport -= left.length;
    if (this.untilReport <= 0) this.report(contextFrame + left.length);
  }

  private apply(command: Command): void {
    const { api } = this.dsp;
    switch (command.kind) {
      case "play":
        if (this.state === "stopped") this.state = "buffering";
        break;
      case "stop":
        this.halt("stopped");
        break;
      case "seek":
        api.sh_seek(command.frame);
        break;
      case "loop":
        if (api.sh_set_loop(command.start, command.end) !== 0) this.slots.loop = command;
        break;
      case "noLoop":
        api.sh_clear_loop();
        this.slots.loop = undefined;
        break;
      case "offset":
        this.slots.setOffset(command.channel, command.offsetFrames);
        break;
      case "stem":
        this.slots.setStem(command);
        break;
      case "channel":
        this.setChannel(command.channel, command.settings, command.atFrame ?? NONE);
        break;
      case "master":
        api.sh_set_master(command.settings.gainDb, Number(command.settings.limiter), command.settings.ceilingDbtp);
        break;
      case "segment":
        this.give(command.segment);
        break;
      case "clearLoudness":
        api.sh_clear_loudness();
        break;
      case "close":
        break;
    }
  }

  private setChannel(channel: number, settings: ChannelSettings, atFrame: number): void {
    const { gainDb, pan, muted, soloed } = settings;
    this.dsp.api.sh_set_channel(channel, gainDb, pan, Number(muted), Number(soloed), atFrame);
  }

  private give(pcm: SegmentPcm): void {
    const accepted = this.slots.give(pcm);
    this.post({ kind: "returned", segment: pcm, accepted }, buffersOf(pcm));
  }

  private halt(state: PlayState): void {
    this.state = state;
    this.dsp.api.sh_set_playing(0);
  }

  /** Waits for PCM that misses, goes on when it is there, stops at the end. */
  private follow(contextFrame: number): void {
    if (this.state === "stopped") return;
    const ready = this.dsp.api.sh_ready() !== 0;
    if (ready && this.state === "buffering") {
      this.state = "playing";
      this.dsp.api.sh_set_playing(1);
      this.report(contextFrame);
    } else if (!ready && this.state === "playing") {
      this.halt("buffering");
      this.report(contextFrame);
    }
    if (this.state === "playing" && this.isOver()) this.end(contextFrame);
  }

  private isOver(): boolean {
    const heard = this.dsp.api.sh_heard_position();
    const willWrap = this.slots.loop !== undefined && heard < this.slots.loop.end;
    return !willWrap && heard >= this.dsp.api.sh_song_frames();
  }

  private end(contextFrame: number): void {
    this.halt("stopped");
    this.dsp.api.sh_seek(this.dsp.api.sh_song_frames());
    this.report(contextFrame);
    this.post({ kind: "ended" });
  }

  /** Says what the engine wants, when that has changed. */
  private ask(): void {
    const wants = this.slots.news();
    if (wants !== undefined) this.post({ kind: "wants", wants });
  }

  private report(contextFrame: number): void {
    this.untilReport = REPORT_FRAMES;
    const { api } = this.dsp;
    const moving = this.state === "playing";
    this.post({
      kind: "report",
      serial: this.serial,
      contextFrame,
      songFrame: moving ? api.sh_heard_position() : api.sh_position(),
      state: this.state,
      underruns: api.sh_underruns(),
      meters: this.readMeters(),
    });
    api.sh_clear_peaks();
  }

  private readMeters(): Float32Array<ArrayBuffer> {
    const meters = new Float32Array(this.channels * CHANNEL_METERS + MASTER_METERS);
    for (let c = 0; c < this.slots.used; ++c) {
      meters.set(this.dsp.floats(this.dsp.api.sh_channel_meter(c), CHANNEL_METERS), c * CHANNEL_METERS);
    }
    const master = this.dsp.floats(this.dsp.api.sh_master_meter(), MASTER_METERS);
    meters.set(master, this.channels * CHANNEL_METERS);
    return meters;
  }
}
