// SPDX-License-Identifier: AGPL-3.0-or-later
#include "exports.hpp"

#include <stddef.h>

#include "memory.hpp"

inline void* operator new(size_t, void* place) noexcept {
  return place;
}

namespace {

using namespace soundhub::dsp;

constexpr int max_block = 4096;

// Made on first use: a constructor that ran at start-up would have to be called by every host.
alignas(Engine) unsigned char engine_memory[sizeof(Engine)];
Engine* made = nullptr;
alignas(16) float output[2][max_block];
float meter[7];

Engine& engine() {
  if (made == nullptr) made = new (engine_memory) Engine;
  return *made;
}

int64_t frame(double value) {
  if (!(value > -static_cast<double>(max_frames))) return -max_frames;
  return value > static_cast<double>(max_frames) ? max_frames : static_cast<int64_t>(value);
}

/// Slot buffers, taken from the end of the linear memory and kept for good: [channel][slot][side].
float* slots[max_channels][2][2];
int sides_of[max_channels];  // of the channel's stem: a mono one has no right side, whatever memory is left from before

/// One more buffer a channel, for loops: [channel][side].
float* spares[max_channels][2];

bool reserve_side(int channel, int side) {
  auto& channel_slots = slots[channel];
  if (channel_slots[0][side] != nullptr) return true;
  auto* memory = static_cast<float*>(reserve(size_t{2} * segment_frames * sizeof(float)));
  if (memory == nullptr) return false;
  channel_slots[0][side] = memory;
  channel_slots[1][side] = memory + segment_frames;
  return true;
}

bool reserve_channel(int channel, int sides) {
  return reserve_side(channel, 0) && (sides < 2 || reserve_side(channel, 1));
}

void swap(float*& a, float*& b) {
  float* const kept = a;
  a = b;
  b = kept;
}

bool has_slot(int channel, int slot, int side) {
  return channel >= 0 && channel < engine().channels() && (slot == 0 || slot == 1) && side >= 0 &&
         side < sides_of[channel];
}

}  // namespace

int sh_engine_version() {
  return engine_version;
}
void sh_prepare(int channels) {
  engine().prepare(channels);
}

int sh_set_stem(int channel, int stem_channels, double frames, double offset_frames) {
  if (channel < 0 || channel >= engine().channels()) return 0;
  const StemInfo stem{stem_channels, frame(frames), frame(offset_frames)};
  if (stem.frames > 0 && !reserve_channel(channel, stem_channels)) return 0;
  if (!engine().set_stem(channel, stem)) return 0;
  sides_of[channel] = stem.frames > 0 ? stem_channels : 0;
  return 1;
}
int sh_set_offset(int channel, double offset_frames) {
  return static_cast<int>(engine().set_offset(channel, frame(offset_frames)));
}
int sh_set_channel(int channel, float gain_db, float pan, int muted, int soloed, double at_frame) {
  const int64_t at = at_frame >= 0 ? frame(at_frame) : now;
  return static_cast<int>(engine().set_channel(channel, {gain_db, pan, muted != 0, soloed != 0}, at));
}
void sh_set_master(float gain_db, int limiter, float ceiling_dbtp) {
  engine().set_master({gain_db, limiter != 0, ceiling_dbtp});
}

double sh_wanted(int channel, int slot) {
  return static_cast<double>(engine().wanted(channel, slot));
}
int sh_slot_for(int channel, double segment) {
  return engine().slot_for(channel, frame(segment));
}
int sh_segment_length(int channel, double segment) {
  return engine().segment_length(channel, frame(segment));
}
float* sh_slot(int channel, int slot, int side) {
  return has_slot(channel, slot, side) ? slots[channel][slot][side] : nullptr;
}
int sh_slot_ready(int channel, double segment, int frames) {
  const int64_t index = frame(segment);
  const int slot = engine().slot_for(channel, index);
  if (slot < 0) return 0;
  return static_cast<int>(engine().give(channel, index, slots[channel][slot][0], slots[channel][slot][1], frames));
}
float* sh_spare(int channel, int side) {
  if (!has_slot(channel, 0, side)) return nullptr;
  float*& spare = spares[channel][side];
  if (spare == nullptr) spare = static_cast<float*>(reserve(segment_frames * sizeof(float)));
  return spare;
}
int sh_use_spare(int channel, double segment) {
  const int slot = sh_slot_for(channel, segment);
  if (slot < 0 || !has_slot(channel, slot, 0)) return -1;
  for (int side = 0; side < sides_of[channel]; ++side)
    if (spares[channel][side] == nullptr) return -1;
  for (int side = 0; side < sides_of[channel]; ++side) swap(slots[channel][slot][side], spares[channel][side]);
  return sh_slot_ready(channel, segment, sh_segment_length(channel, segment)) != 0 ? slot : -1;
}
void sh_drop(int channel, int slot) {
  engine().drop(channel, slot);
}
int sh_ready() {
  return static_cast<int>(engine().ready());
}
double sh_underruns() {
  return static_cast<double>(engine().underruns());
}

void sh_seek(double to) {
  engine().seek(frame(to));
}
double sh_position() {
  return static_cast<double>(engine().position());
}
double sh_heard_position() {
  return static_cast<double>(engine().heard_position());
}
void sh_set_playing(int playing) {
  engine().set_playing(playing != 0);
}
double sh_song_frames() {
  return static_cast<double>(engine().song_frames());
}
int sh_set_loop(double start, double end) {
  return static_cast<int>(engine().set_loop(frame(start), frame(end)));
}
void sh_clear_loop() {
  engine().clear_loop();
}

int sh_render(int frames) {
  return static_cast<int>(frames <= max_block && engine().process(output[0], output[1], frames));
}
float* sh_output(int side) {
  return output[side & 1];
}
int sh_latency() {
  return Engine::latency_frames();
}
void sh_prime() {
  engine().prime();
}

const float* sh_channel_meter(int channel) {
  const ChannelMeter m = engine().channel_meter(channel);
  const float values[] = {m.peak_left, m.peak_right, m.rms_left, m.rms_right};
  __builtin_memcpy(meter, values, sizeof values);
  return meter;
}
const float* sh_master_meter() {
  const MasterMeter m = engine().master_meter();
  const float values[] = {m.peak_left,       m.peak_right,      m.true_peak_dbtp,   m.momentary_lufs,
                          m.short_term_lufs, m.integrated_lufs, m.gain_reduction_db};
  __builtin_memcpy(meter, values, sizeof values);
  return meter;
}
void sh_clear_peaks() {
  engine().clear_peaks();
}
void sh_clear_loudness() {
  engine().clear_loudness();
}
