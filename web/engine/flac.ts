// SPDX-License-Identifier: AGPL-3.0-or-later
// The C boundary of the FLAC decoder in engine.wasm (modules/dsp/wasm/flac_exports.hpp) with types.
import { type Pcm } from "./segment_cache";

interface Exports {
  readonly memory: WebAssembly.Memory;
  sh_flac_input(size: number): number;
  sh_flac_decode(size: number): number;
  sh_flac_channels(): number;
  sh_flac_output(side: number): number;
}

/** An instance of engine.wasm that only decodes. Its memory doesn't grow with what it decodes. */
export class FlacDecoder {
  private readonly api: Exports;

  constructor(module: WebAssembly.Module) {
    this.api = new WebAssembly.Instance(module, {}).exports as unknown as Exports;
  }

  /** A stem segment (FLAC, 48 kHz) as floats, exactly n / 2^23; undefined if it is damaged or something else. */
  decode(file: ArrayBuffer): Pcm | undefined {
    const input = this.api.sh_flac_input(file.byteLength);
    if (input === 0) return undefined;
    new Uint8Array(this.api.memory.buffer, input, file.byteLength).set(new Uint8Array(file));
    const frames = this.api.sh_flac_decode(file.byteLength);
    if (frames < 0) return undefined;
    return { left: this.side(0, frames), right: this.api.sh_flac_channels() > 1 ? this.side(1, frames) : undefined };
  }

  private side(side: number, frames: number): Float32Array<ArrayBuffer> {
    return new Float32Array(this.api.memory.buffer, this.api.sh_flac_output(side), frames).slice();
  }
}
