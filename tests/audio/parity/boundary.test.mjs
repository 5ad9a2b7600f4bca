// SPDX-License-Identifier: AGPL-3.0-or-later
// What the plain C boundary of engine.wasm adds to the engine: slot memory, refusals, doubles for frames.
// BUILD_DIR=<build dir> node --test boundary.test.mjs
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, test } from 'node:test';

const module = new WebAssembly.Module(readFileSync(join(process.env.BUILD_DIR, 'dsp/engine.wasm')));
let engine;

beforeEach(() => {
  engine = new WebAssembly.Instance(module, {}).exports;
  engine.sh_prepare(2);
});

test('a stem reserves its slots and another song uses the same memory again', () => {
  assert.equal(engine.sh_slot(0, 0, 0), 0);
  assert.equal(engine.sh_set_stem(0, 2, 500000, 0), 1);
  const slots = [0, 1].flatMap((slot) => [0, 1].map((side) => engine.sh_slot(0, slot, side)));
  assert.equal(new Set(slots).size, 4);
  const bytes = engine.memory.buffer.byteLength;
  assert.ok(Math.max(...slots) + 240000 * 4 <= bytes);
  engine.sh_prepare(2);
  engine.sh_set_stem(0, 2, 900000, 0);
  assert.equal(engine.sh_slot(0, 0, 0), slots[0]);
  assert.equal(engine.memory.buffer.byteLength, bytes);
});

test('a mono stem has no right side, also where a stereo one was before', () => {
  engine.sh_set_stem(0, 2, 1000, 0);
  assert.notEqual(engine.sh_slot(0, 0, 1), 0);
  engine.sh_set_stem(0, 1, 1000, 0);
  assert.equal(engine.sh_slot(0, 0, 1), 0);
  assert.notEqual(engine.sh_slot(0, 0, 0), 0);
});

test('an answer that a seek overtook is refused', () => {
  engine.sh_set_stem(0, 1, 2000000, 0);
  assert.equal(engine.sh_wanted(0, 0), 0);
  engine.sh_seek(1000000);
  assert.equal(engine.sh_slot_for(0, 0), -1);
  assert.equal(engine.sh_slot_ready(0, 0, 240000), 0);
  assert.equal(engine.sh_slot_for(0, 4), 0);
  assert.equal(engine.sh_slot_ready(0, 4, 240000), 1);
});

test('bad arguments are refused', () => {
  for (const channel of [-1, 2, 64, 1e9]) {
    assert.equal(engine.sh_set_stem(channel, 1, 1000, 0), 0);
    assert.equal(engine.sh_set_channel(channel, 0, 0, 0, 0, -1), 0);
    assert.equal(engine.sh_slot(channel, 0, 0), 0);
    assert.equal(engine.sh_wanted(channel, 0), -1);
  }
  for (const stemChannels of [0, 3, -1]) assert.equal(engine.sh_set_stem(0, stemChannels, 1000, 0), 0);
  for (const frames of [0, 63, 100, 8192, -64]) assert.equal(engine.sh_render(frames), 0);
  assert.equal(engine.sh_set_loop(NaN, Infinity), 0);
  assert.equal(engine.sh_set_loop(0, 100), 0);
});

test('frames beyond 32 bits cross exactly', () => {
  engine.sh_seek(2 ** 33 + 1);
  engine.sh_render(64);
  assert.equal(engine.sh_position(), 2 ** 33 + 65);
  engine.sh_seek(NaN);
  assert.equal(engine.sh_position(), 0);
});

test('what is given is heard after the latency', () => {
  engine.sh_set_stem(0, 2, 1000, 0);
  for (const side of [0, 1])
    new Float32Array(engine.memory.buffer, engine.sh_slot(0, 0, side), 1000).fill(side === 0 ? 0.25 : -0.5);
  assert.equal(engine.sh_ready(), 0);
  assert.equal(engine.sh_slot_ready(0, 0, 1000), 1);
  assert.equal(engine.sh_ready(), 1);
  const latency = engine.sh_latency();
  engine.sh_render(latency + 64);
  const [left, right] = [0, 1].map((side) => new Float32Array(engine.memory.buffer, engine.sh_output(side), latency + 64));
  assert.deepEqual([left[latency - 1], left[latency], right[latency]], [0, 0.25, -0.5]);
  assert.equal(engine.sh_underruns(), 0);
});
