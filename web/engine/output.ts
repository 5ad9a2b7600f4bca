// SPDX-License-Identifier: AGPL-3.0-or-later
import wasmUrl from "virtual:engine-wasm-url";
import workletUrl from "./worklet.ts?worker&url";
import { Decoder } from "./decoder";
import type { ProcessorOptions } from "./protocol";
import { SAMPLE_RATE } from "./units";

const IDLE_MS = 10_000;

/** The one AudioContext of the page, with the engine's code loaded into it. */
export class Output {
  readonly context = new AudioContext({ sampleRate: SAMPLE_RATE, latencyHint: "interactive" });
  private readonly module = compile(wasmUrl);
  private readonly added = this.context.audioWorklet.addModule(workletUrl);
  private idle: ReturnType<typeof setTimeout> | undefined;
  private users = 0;

  /** A processor with an engine of `channels` channels, connected to the speakers. */
  async createNode(channels: number): Promise<AudioWorkletNode> {
    const [module] = await Promise.all([this.module, this.added]);
    const processorOptions: ProcessorOptions = { module, channels };
    const node = new AudioWorkletNode(this.context, "soundhub-engine", {
      numberOfInputs: 0,
      outputChannelCount: [2],
      processorOptions,
    });
    node.connect(this.context.destination);
    return node;
  }

  /** A Worker that decodes stems. The caller closes it. */
  async createDecoder(): Promise<Decoder> {
    return new Decoder(await this.module);
  }

  /** Somebody plays: the context must run. Call it from a user's gesture. */
  async wake(): Promise<void> {
    clearTimeout(this.idle);
    if (this.context.state !== "running") await this.context.resume();
  }

  use(): void {
    ++this.users;
  }

  release(): void {
    if (--this.users === 0) this.rest();
  }

  /** Nobody plays: after a while the sound card may sleep. */
  rest(): void {
    clearTimeout(this.idle);
    this.idle = setTimeout(() => void this.context.suspend(), IDLE_MS);
  }

  /** The context's frame that leaves the speakers now. */
  audibleFrame(): number {
    const { contextTime, performanceTime } = this.context.getOutputTimestamp();
    if (!contextTime || !performanceTime) return (this.context.currentTime - this.latency()) * SAMPLE_RATE;
    return (contextTime + (performance.now() - performanceTime) / 1000) * SAMPLE_RATE;
  }

  private latency(): number {
    return this.context.outputLatency || this.context.baseLatency || 0;
  }
}

/** The engine could not be brought into this browser. */
export class EngineUnavailable extends Error {}

async function compile(url: string): Promise<WebAssembly.Module> {
  if (url === "") throw new EngineUnavailable("no engine was built");
  const response = await fetch(url);
  if (!response.ok) throw new EngineUnavailable(`engine.wasm: HTTP ${response.status}`);
  return WebAssembly.compile(await response.arrayBuffer());
}

let output: Output | undefined;

export const sharedOutput = (): Output => (output ??= new Output());
