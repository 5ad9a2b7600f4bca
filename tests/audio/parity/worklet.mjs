// SPDX-License-Identifier: AGPL-3.0-or-later
import { Player } from './scenario.mjs';

/** Plays the scenario into its output; says the meters when `frames` are rendered. */
class ParityProcessor extends AudioWorkletProcessor {
  constructor({ processorOptions: { wasm, text, frames } }) {
    super();
    this.player = new Player(new WebAssembly.Module(wasm), text);
    this.left = frames;
  }

  process(inputs, [[left, right]]) {
    this.player.render(left, right);
    this.left -= left.length;
    if (this.left === 0) this.port.postMessage(this.player.meters());
    return this.left > 0;
  }
}

registerProcessor('parity', ParityProcessor);
