// SPDX-License-Identifier: AGPL-3.0-or-later
// The entry of the AudioWorklet's own bundle. The page compiles engine.wasm once and hands it over.
import { EngineHost } from "./host";
import type { Numbered, ProcessorOptions } from "./protocol";

declare const currentFrame: number;
declare function registerProcessor(name: string, processor: new (options: AudioWorkletNodeOptions) => unknown): void;
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}

class EngineProcessor extends AudioWorkletProcessor {
  private host: EngineHost | undefined;

  constructor(options: AudioWorkletNodeOptions) {
    super();
    const { module, channels } = options.processorOptions as ProcessorOptions;
    const host = new EngineHost(module, channels, (notice, transfer) => {
      this.port.postMessage(notice, transfer ?? []);
    });
    this.host = host;
    this.port.onmessage = (event: MessageEvent<Numbered>) => {
      if (event.data.command.kind === "close") this.close();
      else host.obey(event.data, currentFrame);
    };
  }

  process(_inputs: Float32Array[][], outputs: Float32Array[][]): boolean {
    const [left, right] = outputs[0] ?? [];
    if (this.host === undefined) return false;
    if (left !== undefined && right !== undefined) this.host.render(left, right, currentFrame);
    return true;
  }

  private close(): void {
    this.host = undefined; // with it goes the engine's memory
    this.port.onmessage = null;
    this.port.close();
  }
}

registerProcessor("soundhub-engine", EngineProcessor);
