// SPDX-License-Identifier: AGPL-3.0-or-later
// Standard MIDI file, format 0: one part on one track.

const ticksPerQuarter = 480;

function variableLength(value) {
  const bytes = [value & 0x7f];
  for (let rest = value >> 7; rest > 0; rest >>= 7) bytes.unshift((rest & 0x7f) | 0x80);
  return bytes;
}

const u32 = (value) => [value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];

/** notes: { at, length, pitch, velocity } in quarters; program counts from 1 as General MIDI does; reverb 0-127. */
export function midiFile(notes, { tempo_bpm, program, isDrums, reverb, quarters }) {
  const channel = isDrums ? 9 : 0;
  const ticks = (at) => Math.round(at * ticksPerQuarter);
  const events = notes.flatMap(({ at, length, pitch, velocity }) => [
    { tick: ticks(at), order: 1, bytes: [0x90 | channel, pitch, velocity] },
    { tick: Math.max(ticks(at) + 1, ticks(at + length)), order: 0, bytes: [0x80 | channel, pitch, 0] },
  ]);
  events.sort((a, b) => a.tick - b.tick || a.order - b.order);

  const microseconds = Math.round(60e6 / tempo_bpm);
  const track = [0, 0xff, 0x51, 3, ...u32(microseconds).slice(1)];
  track.push(0, 0xc0 | channel, program - 1, 0, 0xb0 | channel, 91, reverb, 0, 0xb0 | channel, 93, 0);
  let now = 0;
  for (const { tick, bytes } of events) {
    track.push(...variableLength(tick - now), ...bytes);
    now = tick;
  }
  track.push(...variableLength(Math.max(0, ticks(quarters) - now)), 0xff, 0x2f, 0);

  const head = [0x4d, 0x54, 0x68, 0x64, ...u32(6), 0, 0, 0, 1, ticksPerQuarter >> 8, ticksPerQuarter & 0xff];
  return Buffer.from([...head, 0x4d, 0x54, 0x72, 0x6b, ...u32(track.length), ...track]);
}
