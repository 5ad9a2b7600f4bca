// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include "soundhub/dsp/engine.hpp"

/// engine.wasm: the whole boundary between JavaScript and the engine. Plain C over one Engine; no imports. Pointers are
/// byte offsets into the exported `memory`. Song frames cross as doubles (exact up to 2^53). Every call belongs to the
/// thread that renders (the AudioWorklet). Make typed-array views per call: sh_set_stem() may grow the memory, which
/// detaches older views. The engine's rules are in soundhub/dsp/engine.hpp; here is only what differs.
///
/// Filling slots, in the worklet (all in one message handler, so that no rendering comes between):
///     on a tick: for each channel and slot: segment = sh_wanted(channel, slot); if >= 0 and not asked for yet: ask
///     on an answer {channel, segment, left, right}:
///         slot = sh_slot_for(channel, segment); if (slot < 0) drop the answer (a seek overtook it)
///         copy left to sh_slot(channel, slot, 0), and right to sh_slot(channel, slot, 1) for a stereo stem
///         sh_slot_ready(channel, segment, left.length)
#define SH_EXPORT(name) extern "C" __attribute__((export_name(#name), used))

/// soundhub::dsp::engine_version: compare with the server's before trusting bit equality.
SH_EXPORT(sh_engine_version) int sh_engine_version();
/// Engine::prepare. Slot memory from earlier songs is used again.
SH_EXPORT(sh_prepare) void sh_prepare(int channels);
/// Engine::set_stem. Reserves the channel's slot memory (3.84 MB a stereo channel) the first time. 0: refused or no
/// memory.
SH_EXPORT(sh_set_stem) int sh_set_stem(int channel, int stem_channels, double frames, double offset_frames);
/// Engine::set_offset: a live nudge. 0: refused.
SH_EXPORT(sh_set_offset) int sh_set_offset(int channel, double offset_frames);
/// Engine::set_channel; at_frame < 0 is `now`. 0: refused.
SH_EXPORT(sh_set_channel)
int sh_set_channel(int channel, float gain_db, float pan, int muted, int soloed, double at_frame);
SH_EXPORT(sh_set_master) void sh_set_master(float gain_db, int limiter, float ceiling_dbtp);

/// Segment index wanted in this slot (0 or 1), or -1.
SH_EXPORT(sh_wanted) double sh_wanted(int channel, int slot);
/// The slot that wants this segment now, or -1.
SH_EXPORT(sh_slot_for) int sh_slot_for(int channel, double segment);
/// Frames in a segment: 240000, less for the last.
SH_EXPORT(sh_segment_length) int sh_segment_length(int channel, double segment);
/// Offset of 240000 floats: side 0 left (or mono), 1 right. 0: no such slot (no stem set, bad argument; side 1 of
/// mono).
SH_EXPORT(sh_slot) float* sh_slot(int channel, int slot, int side);
/// The PCM of this segment is in the slot that wanted it. 0: refused (overtaken, or frames isn't its length).
SH_EXPORT(sh_slot_ready) int sh_slot_ready(int channel, double segment, int frames);
/// Offset of 240000 floats beside the channel's slots, reserved the first time: where the host can have a segment ready
/// that no slot wants yet (two slots can't feed a loop of three segments whose first or last is short). 0: no stem, no
/// such side, or no memory.
SH_EXPORT(sh_spare) float* sh_spare(int channel, int side);
/// The spare holds this whole segment: exchanges it with the slot that wants it now, and does sh_slot_ready(). Returns
/// the slot, whose earlier content now is the spare's; -1: refused, nothing has changed.
SH_EXPORT(sh_use_spare) int sh_use_spare(int channel, double segment);
/// Forget a slot's content before filling it in several steps.
SH_EXPORT(sh_drop) void sh_drop(int channel, int slot);
/// 1: all that the next 8192 frames (170 ms) need is there.
SH_EXPORT(sh_ready) int sh_ready();
SH_EXPORT(sh_underruns) double sh_underruns();

SH_EXPORT(sh_seek) void sh_seek(double frame);
/// The next song frame to be read; what is heard is sh_heard_position().
SH_EXPORT(sh_position) double sh_position();
SH_EXPORT(sh_heard_position) double sh_heard_position();
SH_EXPORT(sh_set_playing) void sh_set_playing(int playing);
SH_EXPORT(sh_song_frames) double sh_song_frames();
/// 0: refused (shorter than 4800 frames).
SH_EXPORT(sh_set_loop) int sh_set_loop(double start, double end);
SH_EXPORT(sh_clear_loop) void sh_clear_loop();

/// Renders into sh_output(). frames: a multiple of 64, 64 ... 4096. 0: refused.
SH_EXPORT(sh_render) int sh_render(int frames);
/// Offset of the last render: side 0 left, 1 right. Never moves.
SH_EXPORT(sh_output) float* sh_output(int side);
/// Limiter latency in frames: the output is this much behind sh_position() (Engine::latency_frames).
SH_EXPORT(sh_latency) int sh_latency();
/// Engine::prime, for offline renders.
SH_EXPORT(sh_prime) void sh_prime();

/// Offset of 4 floats: peak left, peak right, RMS left, RMS right (linear, post fader). Valid until the next call.
SH_EXPORT(sh_channel_meter) const float* sh_channel_meter(int channel);
/// Offset of 7 floats: peak left, peak right (linear), true peak dBTP, LUFS momentary, short-term, integrated, gain
/// reduction dB. -120: nothing yet. Valid until the next call.
SH_EXPORT(sh_master_meter) const float* sh_master_meter();
/// Start new peaks; after drawing a frame of meters.
SH_EXPORT(sh_clear_peaks) void sh_clear_peaks();
/// Start new true peak and loudness measurements.
SH_EXPORT(sh_clear_loudness) void sh_clear_loudness();
