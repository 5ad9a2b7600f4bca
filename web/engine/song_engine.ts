// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Decoder } from "./decoder";
import { Feeder } from "./feeder";
import { Meters } from "./meters";
import type { Output } from "./output";
import { Playhead, type Loop } from "./playhead";
import type { Command, Notice, Numbered, PlayState, Report } from "./protocol";
import { buffersOf } from "./segment_cache";
import { browserPorts, type SegmentUrl } from "./segments";
import { cleanChannel, cleanMaster, songFrames } from "./settings";
import type { ChannelSettings, ChannelSpec, MasterSettings } from "./settings";
import { MIN_LOOP_FRAMES } from "./units";

export interface EngineEvents {
  /** Stopped, buffering or playing. */
  state(state: PlayState): void;
  /** The song has played to its end, and stopped. */
  ended(): void;
  /** A part can't be heard: its stem could not be fetched or decoded. */
  silent(partId: number): void;
}

interface Strip {
  readonly channel: number;
  spec: ChannelSpec;
}

type StemSpec = Pick<ChannelSpec, "takeId" | "stemChannels" | "frames" | "offsetFrames">;
const nothing: StemSpec = { takeId: 0, stemChannels: 1, frames: 0, offsetFrames: 0 };

/** One song in the engine: strips, transport, meters. Belongs to the page; what sounds is made in the worklet. */
export class SongEngine {
  readonly meters: Meters;
  private readonly strips = new Map<number, Strip>(); // by part
  private readonly playhead = new Playhead();
  private readonly feeder: Feeder;
  private readonly freeChannels: number[];
  private serial = 0;
  private commandedAt = 0; // serial of the last play or stop
  private playState: PlayState = "stopped";
  private loop: Loop | undefined;
  private missing = 0;
  private closed = false;

  constructor(
    private readonly output: Output,
    private readonly node: AudioWorkletNode,
    private readonly decoder: Decoder,
    channels: number,
    segmentUrl: SegmentUrl,
    private readonly events: Partial<EngineEvents>,
  ) {
    this.meters = new Meters(channels);
    this.freeChannels = Array.from({ length: channels }, (_, i) => channels - 1 - i);
    this.feeder = new Feeder(
      browserPorts(
        segmentUrl,
        (bytes) => decoder.decode(bytes),
        (segment) => this.send({ kind: "segment", segment }, buffersOf(segment)),
        (takeId) => this.silence(takeId),
      ),
    );
    node.port.onmessage = (event: MessageEvent<Notice>) => this.hear(event.data);
    output.context.addEventListener("statechange", this.contextChanged);
    output.use();
  }

  get state(): PlayState {
    return this.playState;
  }

  /** The song frame that is heard now. */
  position(): number {
    return this.playhead.at(this.output.audibleFrame());
  }

  /** Frames to the end of the last stem. */
  length(): number {
    return songFrames([...this.strips.values()].map((strip) => strip.spec));
  }

  /** How often since the song was opened PCM came too late (channel-quanta). */
  underruns(): number {
    return this.missing;
  }

  // --- Transport

  /** Plays from where it is; from the start if it is at the end. Call it from a user's gesture. */
  async play(): Promise<void> {
    if (this.position() >= this.length()) this.seek(0);
    this.setState("buffering");
    this.commandedAt = this.send({ kind: "play" });
    await this.output.wake();
  }

  stop(): void {
    this.commandedAt = this.send({ kind: "stop" });
    this.setState("stopped");
    this.output.rest();
  }

  seek(frame: number): void {
    const target = Math.max(0, Math.round(frame));
    this.playhead.jumpTo(target, this.send({ kind: "seek", frame: target }));
  }

  /** Plays start…end round and round. False: too short. */
  setLoop(loop: Loop): boolean {
    const start = Math.max(0, Math.round(loop.start));
    const end = Math.round(loop.end);
    if (end - start < MIN_LOOP_FRAMES) return false;
    this.send({ kind: "loop", start, end });
    this.loop = { start, end };
    this.playhead.setLoop(this.loop);
    return true;
  }

  clearLoop(): void {
    this.send({ kind: "noLoop" });
    this.loop = undefined;
    this.playhead.setLoop(undefined);
  }

  // --- Strips

  /** Makes the strips these: new ones enter, others leave, the rest glide to their settings. */
  setChannels(specs: readonly ChannelSpec[]): void {
    const wanted = new Set(specs.map((spec) => spec.partId));
    for (const partId of this.strips.keys()) if (!wanted.has(partId)) this.remove(partId);
    for (const spec of specs) this.put(spec);
  }

  /** Glides a strip to new settings; `atFrame` is the song frame at which that begins (otherwise now). */
  setChannel(partId: number, settings: ChannelSettings, atFrame?: number): void {
    const strip = this.strips.get(partId);
    if (strip !== undefined) this.update(strip, { ...strip.spec, ...cleanChannel(settings) }, atFrame);
  }

  setMaster(settings: MasterSettings): void {
    this.send({ kind: "master", settings: cleanMaster(settings) });
  }

  /** Begins a new measurement of loudness and true peak. */
  clearLoudness(): void {
    this.send({ kind: "clearLoudness" });
  }

  /** Peak and RMS of a strip; undefined if there is no such strip. */
  channelMeter(partId: number): ReturnType<Meters["channel"]> | undefined {
    const strip = this.strips.get(partId);
    return strip && this.meters.channel(strip.channel);
  }

  /** Frees the engine and its memory. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.send({ kind: "close" });
    this.feeder.close();
    this.decoder.close();
    this.node.disconnect();
    this.node.port.onmessage = null;
    this.output.context.removeEventListener("statechange", this.contextChanged);
    this.output.release();
  }

  private put(spec: ChannelSpec): void {
    const strip = this.strips.get(spec.partId);
    if (strip !== undefined && strip.spec.takeId === spec.takeId) this.update(strip, spec);
    else this.insert(spec, strip?.channel ?? this.freeChannels.pop());
  }

  private insert(spec: ChannelSpec, channel: number | undefined): void {
    if (channel === undefined) return; // more parts than the engine has channels
    this.strips.set(spec.partId, { channel, spec });
    this.feeder.setStem(channel, spec);
    this.sendSettings(channel, spec);
    this.sendStem(channel, spec);
  }

  private update(strip: Strip, spec: ChannelSpec, atFrame?: number): void {
    const before = strip.spec;
    strip.spec = spec;
    if (before.offsetFrames !== spec.offsetFrames) this.sendOffset(strip.channel, spec.offsetFrames);
    if (differ(before, spec)) this.sendSettings(strip.channel, spec, atFrame);
  }

  private remove(partId: number): void {
    const strip = this.strips.get(partId);
    if (strip === undefined) return;
    this.strips.delete(partId);
    this.feeder.setStem(strip.channel, undefined);
    this.sendStem(strip.channel, nothing);
    this.freeChannels.push(strip.channel);
  }

  private silence(takeId: number): void {
    for (const { channel, spec } of this.strips.values()) {
      if (spec.takeId !== takeId) continue;
      this.sendStem(channel, nothing);
      this.events.silent?.(spec.partId);
    }
  }

  private sendStem(channel: number, spec: StemSpec): void {
    const { takeId, stemChannels, frames, offsetFrames } = spec;
    this.send({ kind: "stem", channel, takeId, stemChannels, frames, offsetFrames });
  }

  /** Unlike a new stem, what has been fetched stays: playing goes on with a cross-fade. */
  private sendOffset(channel: number, offsetFrames: number): void {
    this.send({ kind: "offset", channel, offsetFrames });
  }

  private sendSettings(channel: number, spec: ChannelSettings, atFrame?: number): void {
    const settings = cleanChannel(spec);
    this.send(
      atFrame === undefined ? { kind: "channel", channel, settings } : { kind: "channel", channel, settings, atFrame },
    );
  }

  private send(command: Command, transfer: Transferable[] = []): number {
    const message: Numbered = { serial: ++this.serial, command };
    this.node.port.postMessage(message, transfer);
    return message.serial;
  }

  private hear(notice: Notice): void {
    switch (notice.kind) {
      case "wants":
        this.feeder.want(notice.wants);
        break;
      case "returned":
        this.feeder.returned(notice.segment, notice.accepted);
        break;
      case "report":
        this.follow(notice);
        break;
      case "ended":
        this.output.rest();
        this.events.ended?.();
        break;
    }
  }

  private follow(report: Report): void {
    this.playhead.push(report);
    this.meters.take(report.meters);
    this.missing = report.underruns;
    if (report.serial >= this.commandedAt) this.setState(report.state);
  }

  private setState(state: PlayState): void {
    if (state === this.playState) return;
    this.playState = state;
    this.events.state?.(state);
  }

  /** A phone call, an unplugged device: playing doesn't go on behind the listener's back. */
  private readonly contextChanged = (): void => {
    if (this.output.context.state !== "running" && this.playState === "playing") this.stop();
  };
}

const differ = (a: ChannelSettings, b: ChannelSettings): boolean =>
  a.gainDb !== b.gainDb || a.pan !== b.pan || a.muted !== b.muted || a.soloed !== b.soloed;
