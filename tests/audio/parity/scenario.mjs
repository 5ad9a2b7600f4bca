// SPDX-License-Identifier: AGPL-3.0-or-later
// Plays scenario.txt on engine.wasm. Runs in Node and inside the AudioWorklet, so: no imports, no DOM, no Node.

const SEGMENT_FRAMES = 240000;
const BLOCK = 128;
const BROKEN = Uint32Array.of(0x7fc00000, 0x7f800000, 0xff800000, 0xffc12345, 1, 0x807fffff, 0x7f7fffff, 0x80000000);

/** Fills `out` (the bits of floats: JavaScript may change a NaN's on the way) like Generator in native.cpp. */
class Generator {
  constructor(kind, seed) {
    this.kind = kind;
    this.seed = seed;
    this.state = (Math.imul(seed, 2654435761) + 1) >>> 0;
    this.count = 0;
  }

  fill(bits) {
    const values = new Float32Array(bits.buffer);
    for (let i = 0; i < bits.length; ++i) {
      const at = this.count++;
      if (this.kind === 'square') {
        values[i] = Math.floor(at / this.seed) % 2 === 0 ? 0.9 : -0.9;
        continue;
      }
      this.state = (Math.imul(this.state, 1664525) + 1013904223) >>> 0;
      if (this.kind === 'broken' && at % 1000 < 8) bits[i] = BROKEN[at % 1000];
      else values[i] = ((this.state | 0) >> 8) / 8388608;
    }
    return bits;
  }
}

/** One song on one instance of the engine. */
export class Player {
  constructor(module, text) {
    this.engine = new WebAssembly.Instance(module, {}).exports;
    this.commands = text
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter(([word]) => word !== '' && !word.startsWith('#'));
    this.stems = [];
    this.fills = true;
    this.left = 0; // frames of the render command that aren't rendered yet
    this.next = 0;
  }

  /** How many frames the scenario renders in all. */
  static frames(text) {
    return [...text.matchAll(/^render (\d+)$/gm)].reduce((sum, [, frames]) => sum + Number(frames), 0);
  }

  /** Renders the next 128 frames into two Float32Arrays. */
  render(left, right) {
    while (this.left === 0) this.obey(this.commands[this.next++]);
    this.fill();
    this.engine.sh_render(BLOCK);
    left.set(new Float32Array(this.engine.memory.buffer, this.engine.sh_output(0), BLOCK));
    right.set(new Float32Array(this.engine.memory.buffer, this.engine.sh_output(1), BLOCK));
    this.left -= BLOCK;
  }

  meters() {
    const floats = (offset, count) => [...new Float32Array(this.engine.memory.buffer, offset, count)];
    const all = floats(this.engine.sh_master_meter(), 7);
    for (let channel = 0; channel < this.stems.length; ++channel) all.push(...floats(this.engine.sh_channel_meter(channel), 4));
    all.push(this.engine.sh_underruns() > 0 ? 1 : 0);
    return Float32Array.from(all);
  }

  obey([command, ...words]) {
    const e = this.engine;
    const [a, b, c, d, f, g] = words.map(Number);
    switch (command) {
      case 'prepare':
        e.sh_prepare(a);
        this.stems = Array.from({ length: a }, () => []);
        break;
      case 'stem':
        this.stem(a, words[1], c, d, f, g);
        break;
      case 'channel':
        e.sh_set_channel(a, b, c, d, f, g);
        break;
      case 'master':
        e.sh_set_master(a, b, c);
        break;
      case 'offset':
        e.sh_set_offset(a, b);
        break;
      case 'seek':
        e.sh_seek(a);
        break;
      case 'loop':
        e.sh_set_loop(a, b);
        break;
      case 'noloop':
        e.sh_clear_loop();
        break;
      case 'play':
        e.sh_set_playing(a);
        break;
      case 'fill':
        this.fills = a !== 0;
        break;
      case 'prime':
        this.fill();
        e.sh_prime();
        break;
      case 'render':
        this.left = a;
        break;
      default:
        throw new Error(`unknown command ${command}`);
    }
  }

  stem(channel, kind, sides, frames, offset, seed) {
    const generator = new Generator(kind, seed);
    this.stems[channel] = Array.from({ length: sides }, () => generator.fill(new Uint32Array(frames)));
    this.engine.sh_set_stem(channel, sides, frames, offset);
  }

  fill() {
    if (!this.fills) return;
    this.stems.forEach((sides, channel) => {
      for (const slot of [0, 1]) {
        const segment = this.engine.sh_wanted(channel, slot);
        if (segment >= 0) this.give(channel, slot, segment, sides);
      }
    });
  }

  give(channel, slot, segment, sides) {
    const frames = this.engine.sh_segment_length(channel, segment);
    const from = segment * SEGMENT_FRAMES;
    sides.forEach((bits, side) => {
      const memory = new Uint32Array(this.engine.memory.buffer, this.engine.sh_slot(channel, slot, side), frames);
      memory.set(bits.subarray(from, from + frames));
    });
    this.engine.sh_slot_ready(channel, segment, frames);
  }
}
