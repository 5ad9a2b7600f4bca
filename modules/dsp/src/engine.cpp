// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/dsp/engine.hpp"

#include "math.hpp"
#include "vec.hpp"

namespace soundhub::dsp {
namespace {

float within(float value, float low, float high, float otherwise) noexcept {
  if (!(value == value)) return otherwise;
  return value < low ? low : value > high ? high : value;
}

ChannelSettings sanitised(const ChannelSettings& given) noexcept {
  return {within(given.gain_db, -90, 12, 0), within(given.pan, -1, 1, 0), given.muted, given.soloed};
}

int64_t within_song(int64_t frame) noexcept {
  return frame < 0 ? 0 : frame > max_frames ? max_frames : frame;
}

bool sound(const StemInfo& stem) noexcept {
  return (stem.channels == 1 || stem.channels == 2) && stem.frames <= max_frames && stem.offset_frames >= -max_frames &&
         stem.offset_frames <= max_frames;
}

/// How far a cross-fade has come at its i-th frame.
float fade(int i) noexcept {
  return (static_cast<float>(i) + 0.5F) * (1.0F / crossfade_frames);
}

void reverse(float* samples) noexcept {
  for (int i = 0; i < crossfade_frames / 2; ++i) {
    const float kept = samples[i];
    samples[i] = samples[crossfade_frames - 1 - i];
    samples[crossfade_frames - 1 - i] = kept;
  }
}

void raise(float& peak, const float* samples) noexcept {
  F4 highest = splat(peak);
  for (int i = 0; i < quantum; i += 4) highest = larger(highest, absolute(load(samples + i)));
  peak = largest(highest);
}

}  // namespace

void Engine::prepare(int channels) noexcept {
  channels_ = channels < 0 ? 0 : channels > max_channels ? max_channels : channels;
  started_ = false;
  playing_ = metered_ = true;
  soloed_ = fade_in_left_ = tail_left_ = 0;
  position_ = loop_start_ = loop_end_ = wrap_frames_ = since_wrap_ = underruns_ = 0;
  events_.clear();
  limiter_.reset();
  clear_loudness();
  master_peak_[0] = master_peak_[1] = 0;
  for (int c = 0; c < max_channels; ++c) {
    settings_[c] = ChannelSettings{};
    strips_[c].reset();
    stores_[c].set_stem(StemInfo{});
  }
  set_master(MasterSettings{});
}

bool Engine::set_stem(int channel, const StemInfo& stem) noexcept {
  if (!has(channel)) return false;
  const bool clears = stem.frames <= 0;
  if (!clears && !sound(stem)) return false;
  start_crossfade();
  stores_[channel].set_stem(clears ? StemInfo{} : stem);
  retarget(channel);
  return true;
}

bool Engine::set_offset(int channel, int64_t offset_frames) noexcept {
  if (!has(channel) || offset_frames < -max_frames || offset_frames > max_frames) return false;
  start_crossfade();
  stores_[channel].set_offset(offset_frames);
  return true;
}

bool Engine::set_channel(int channel, const ChannelSettings& settings, int64_t at_frame) noexcept {
  if (!has(channel)) return false;
  const ChannelSettings clean = sanitised(settings);
  if (at_frame > position_) return events_.push({at_frame, channel, clean});
  apply(channel, clean);
  return true;
}

void Engine::apply(int channel, const ChannelSettings& settings) noexcept {
  const bool was_soloed = settings_[channel].soloed;
  settings_[channel] = settings;
  soloed_ += static_cast<int>(settings.soloed) - static_cast<int>(was_soloed);
  if (settings.soloed == was_soloed) return retarget(channel);
  for (int c = 0; c < channels_; ++c) retarget(c);
}

void Engine::retarget(int channel) noexcept {
  const ChannelSettings& settings = settings_[channel];
  const bool audible = !settings.muted && (soloed_ == 0 || settings.soloed);
  strips_[channel].aim(settings, stores_[channel].stem().channels, audible, !started_);
}

void Engine::set_master(const MasterSettings& settings) noexcept {
  const float gain_db = within(settings.gain_db, -90, 12, 0);
  const double gain = gain_db <= -90 ? 0.0 : math::db_to_linear(static_cast<double>(gain_db));
  started_ ? master_gain_.glide(static_cast<float>(gain)) : master_gain_.jump(static_cast<float>(gain));
  limiter_.set(settings.limiter, within(settings.ceiling_dbtp, -20, 0, -1));
}

PlaySpan Engine::play_span() const noexcept {
  if (position_ >= loop_end_) return {position_, 0, 0};
  return {position_, loop_start_, loop_end_};
}

int64_t Engine::wanted(int channel, int slot) const noexcept {
  if (!has(channel) || slot < 0 || slot > 1) return -1;
  return stores_[channel].wanted(play_span(), slot);
}

int Engine::slot_for(int channel, int64_t segment) const noexcept {
  return has(channel) ? stores_[channel].slot_for(play_span(), segment) : -1;
}

int Engine::segment_length(int channel, int64_t segment) const noexcept {
  return has(channel) ? stores_[channel].length(segment) : 0;
}

bool Engine::give(int channel, int64_t segment, const float* left, const float* right, int frames) noexcept {
  return has(channel) && stores_[channel].give(play_span(), segment, left, right, frames);
}

void Engine::drop(int channel, int slot) noexcept {
  if (has(channel) && (slot == 0 || slot == 1)) stores_[channel].drop(slot);
}

bool Engine::ready() const noexcept {
  const PlaySpan span = play_span();
  const int64_t ahead = span.position + ready_frames;
  const bool wraps = span.loop_end > 0 && ahead > span.loop_end;
  const int64_t lap_end = wraps ? span.loop_end : ahead;
  const int64_t next_lap = span.loop_start + (ahead - lap_end);
  for (int c = 0; c < channels_; ++c) {
    if (!stores_[c].holds_needed(span, span.position, lap_end)) return false;
    if (!wraps) continue;
    const int64_t next_end = next_lap < span.loop_end ? next_lap : span.loop_end;
    if (!stores_[c].holds_needed(span, span.loop_start, next_end)) return false;
  }
  return true;
}

void Engine::seek(int64_t frame) noexcept {
  start_crossfade();
  position_ = within_song(frame);
  wrap_frames_ = 0;
}

void Engine::set_playing(bool playing) noexcept {
  if (playing == playing_) return;
  start_crossfade();
  playing_ = playing;
  fade_in_left_ = started_ && playing ? crossfade_frames : 0;
}

int64_t Engine::heard_position() const noexcept {
  const int64_t heard = position_ - latency_frames() + (since_wrap_ < latency_frames() ? wrap_frames_ : 0);
  return heard < 0 ? 0 : heard;
}

int64_t Engine::song_frames() const noexcept {
  int64_t end = 0;
  for (int c = 0; c < channels_; ++c) {
    const StemInfo& stem = stores_[c].stem();
    if (stem.frames > 0 && stem.offset_frames + stem.frames > end) end = stem.offset_frames + stem.frames;
  }
  return end;
}

bool Engine::set_loop(int64_t start, int64_t end) noexcept {
  if (start < 0 || end > max_frames || end - start < min_loop_frames) return false;
  loop_start_ = start;
  loop_end_ = end;
  return true;
}

bool Engine::process(float* left, float* right, int frames) noexcept {
  if (left == nullptr || right == nullptr || frames <= 0 || frames % quantum != 0) return false;
  for (int done = 0; done < frames; done += quantum) process_quantum(left + done, right + done);
  return true;
}

void Engine::prime() noexcept {
  float left[quantum], right[quantum];
  for (int done = 0; done < latency_frames(); done += quantum) process_quantum(left, right);
  clear_peaks();
  clear_loudness();
}

void Engine::process_quantum(float* left, float* right) noexcept {
  float mix_left[quantum + 4] = {}, mix_right[quantum + 4] = {};  // runs end inside a vector
  started_ = true;
  for (int done = 0; done < quantum;) {
    if (playing_) apply_due_events();
    const int frames = run_length(quantum - done);
    if (playing_) mix_run(mix_left + done, mix_right + done, frames);
    add_tail(mix_left + done, mix_right + done, frames);
    if (playing_) advance(frames);
    done += frames;
  }
  float gains[quantum];
  master_gain_.fill(gains, quantum);
  for (int i = 0; i < quantum; i += 4) {
    store(left + i, sane(load(mix_left + i) * load(gains + i)));
    store(right + i, sane(load(mix_right + i) * load(gains + i)));
  }
  limiter_.process(left, right);
  if (metered_) measure(left, right);
}

/// Until the next thing that happens at a frame of its own.
int Engine::run_length(int frames) const noexcept {
  if (!playing_) return frames;
  int64_t end = position_ + frames;
  if (!events_.empty() && events_.first().frame < end) end = events_.first().frame;
  if (position_ < loop_end_ && loop_end_ < end) end = loop_end_;
  return static_cast<int>(end - position_);
}

void Engine::apply_due_events() noexcept {
  while (!events_.empty() && events_.first().frame <= position_) {
    apply(events_.first().channel, events_.first().settings);
    events_.pop();
  }
}

// Channels are summed in their order, so that the sum has the same bits everywhere.
void Engine::mix_run(float* left, float* right, int frames) noexcept {
  for (int c = 0; c < channels_; ++c) mix_channel(c, left, right, frames);
  fade_in(left, right, frames);
}

void Engine::mix_channel(int channel, float* left, float* right, int frames) noexcept {
  const SegmentStore& store_of = stores_[channel];
  ChannelStrip& strip = strips_[channel];
  if (strip.silent() || store_of.rests(position_, position_ + frames)) return strip.idle(frames);
  float l[quantum + 4] = {}, r[quantum + 4] = {};
  if (!store_of.read(position_, frames, l, r)) ++underruns_;
  strip.process(l, r, frames);
  for (int i = 0; i < frames; i += 4) {
    store(left + i, load(left + i) + load(l + i));
    store(right + i, load(right + i) + load(r + i));
  }
}

void Engine::fade_in(float* left, float* right, int frames) noexcept {
  for (int i = 0; i < frames && fade_in_left_ > 0; ++i, --fade_in_left_) {
    const float weight = fade(crossfade_frames - fade_in_left_);
    left[i] *= weight;
    right[i] *= weight;
  }
}

void Engine::add_tail(float* left, float* right, int frames) noexcept {
  for (int i = 0; i < frames && tail_left_ > 0; ++i, --tail_left_) {
    left[i] += tail_[0][crossfade_frames - tail_left_];
    right[i] += tail_[1][crossfade_frames - tail_left_];
  }
}

void Engine::advance(int frames) noexcept {
  position_ += frames;
  since_wrap_ += frames;
  if (position_ != loop_end_) return;
  start_crossfade();
  position_ = loop_start_;
  wrap_frames_ = loop_end_ - loop_start_;
  since_wrap_ = 0;
}

/// Renders what would have come next, fading, into tail_, and lets what comes instead fade in. What an unfinished
/// cross-fade still owes is kept, so that seeks in quick succession don't click either.
void Engine::start_crossfade() noexcept {
  if (!started_ || tail_left_ == crossfade_frames) return;  // nothing was played since the last one: it still holds
  float left[crossfade_frames + 4] = {}, right[crossfade_frames + 4] = {};
  if (playing_) {
    for (int c = 0; c < channels_; ++c) capture_tail(c, left, right);
    const int fade_in_left = fade_in_left_;
    fade_in(left, right, crossfade_frames);
    fade_in_left_ = fade_in_left;
  }
  for (int i = 0; i < crossfade_frames; ++i) {
    left[i] *= 1 - fade(i);
    right[i] *= 1 - fade(i);
  }
  add_tail(left, right, crossfade_frames);
  __builtin_memcpy(tail_[0], left, sizeof tail_[0]);
  __builtin_memcpy(tail_[1], right, sizeof tail_[1]);
  tail_left_ = crossfade_frames;
  if (playing_) fade_in_left_ = crossfade_frames;
}

void Engine::capture_tail(int channel, float* left, float* right) const noexcept {
  const SegmentStore& store_of = stores_[channel];
  ChannelStrip strip = strips_[channel];
  if (strip.silent()) return;
  float l[crossfade_frames + 4] = {}, r[crossfade_frames + 4] = {};
  if (store_of.holds(position_, position_ + crossfade_frames)) {
    store_of.read(position_, crossfade_frames, l, r);
  } else {  // the next segment isn't here (a loop that ends where a segment does): play the last frames backwards
    store_of.read(position_ - crossfade_frames, crossfade_frames, l, r);
    reverse(l);
    reverse(r);
  }
  for (int at = 0; at < crossfade_frames; at += quantum) {
    strip.process(l + at, r + at, quantum);
    for (int i = at; i < at + quantum; ++i) {
      left[i] += l[i];
      right[i] += r[i];
    }
  }
}

void Engine::measure(const float* left, const float* right) noexcept {
  raise(master_peak_[0], left);
  raise(master_peak_[1], right);
  true_peak_.process(left, right, quantum);
  loudness_.process(left, right, quantum);
}

ChannelMeter Engine::channel_meter(int channel) const noexcept {
  return has(channel) ? strips_[channel].meter() : ChannelMeter{};
}

MasterMeter Engine::master_meter() const noexcept {
  return {master_peak_[0],
          master_peak_[1],
          true_peak_.peak_dbtp(),
          loudness_.momentary_lufs(),
          loudness_.short_term_lufs(),
          loudness_.integrated_lufs(),
          limiter_.gain_reduction_db()};
}

void Engine::clear_peaks() noexcept {
  master_peak_[0] = master_peak_[1] = 0;
  limiter_.clear_peaks();
  for (ChannelStrip& strip : strips_) strip.clear_peaks();
}

void Engine::clear_loudness() noexcept {
  loudness_.reset();
  true_peak_.reset();
}

}  // namespace soundhub::dsp
