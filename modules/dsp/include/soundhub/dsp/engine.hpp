// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <stdint.h>

#include "soundhub/dsp/channel_strip.hpp"
#include "soundhub/dsp/constants.hpp"
#include "soundhub/dsp/event_queue.hpp"
#include "soundhub/dsp/limiter.hpp"
#include "soundhub/dsp/loudness.hpp"
#include "soundhub/dsp/ramp.hpp"
#include "soundhub/dsp/segment_store.hpp"
#include "soundhub/dsp/settings.hpp"
#include "soundhub/dsp/true_peak.hpp"

namespace soundhub::dsp {

/// The mixing engine: up to 64 stems -> gain, pan, mute, solo -> sum -> master gain -> true-peak limiter -> meters.
///
/// One thread (the audio thread, or the renderer) owns an Engine and makes every call; none of them allocates, locks,
/// throws, or reads a clock. It is 56 KB: keep it static or on the heap. The same calls give the same PCM bits
/// on every host, whatever block size process() is called with (engine_version names the PCM).
///
/// A render, frame-exact:
///     engine.prepare(n); set_stem(...) and set_channel(...) for each; set_master(...);   // before the first
///     process(): engine.seek(0); <fill what wanted() names>; engine.prime();                       // no glide, exact
///     from frame 0 while (done < engine.song_frames()) { <fill what wanted() names>; engine.process(l, r, n); done +=
///     n; }
/// and cut the last block: the output's first frame is song frame 0 and its length is song_frames().
///
/// Live: process() as it comes; what is heard is latency_frames() behind position(): see heard_position().
class Engine {
 public:
  /// Forgets everything: `channels` silent strips (clamped to 0..64), defaults everywhere, position 0, playing.
  void prepare(int channels) noexcept;
  int channels() const noexcept { return channels_; }

  /// Declares a channel's stem (frames <= 0 clears it) and forgets its two slots. False: bad channel or channel count.
  bool set_stem(int channel, const StemInfo& stem) noexcept;
  /// Moves a stem in the song (a live nudge, cross-faded) and keeps the slots that are still right.
  bool set_offset(int channel, int64_t offset_frames) noexcept;

  /// Glides to new settings in 10 ms, starting exactly at song frame `at_frame` (`now`, or a frame already passed: at
  /// the next frame processed). Before the first process()/prime() after prepare() a `now` change jumps: there is
  /// nothing to glide from. Settings are sanitised (NaN -> 0, clamped to their ranges). Stamped changes wait in a
  /// queue of max_events; they survive seek() and are applied when their frame is played (on a seek beyond it: next).
  /// False: bad channel, or the queue is full (apply fewer at a time).
  bool set_channel(int channel, const ChannelSettings& settings, int64_t at_frame = now) noexcept;

  /// Master gain glides in 10 ms; ceiling and limiter on/off glide with the limiter's own look-ahead.
  void set_master(const MasterSettings& settings) noexcept;

  // --- Segments. PCM is cut in pieces of segment_frames (5 s) of the *stem*; two slots a channel hold the piece that
  // plays and the piece that plays next. The host owns the memory and fills it when asked.

  /// The segment that should be put into this slot now, or -1: leave it alone. A slot may be overwritten or freed only
  /// when this names a segment for it. The segment that plays comes before the next one; slot is segment % 2 except
  /// near a loop's wrap (where the piece after the loop's last one is its first), so always use the slot asked about.
  /// Two slots can't feed a loop gaplessly whose first or last piece of a stem is shorter than the host takes to load:
  /// ready() is then false for a moment around each wrap.
  int64_t wanted(int channel, int slot) const noexcept;
  /// The slot that wants this segment now, or -1. For answers that arrive late (a decode that a seek has overtaken).
  int slot_for(int channel, int64_t segment) const noexcept;
  /// How many frames segment has: segment_frames, less for the last, 0 for none.
  int segment_length(int channel, int64_t segment) const noexcept;
  /// Hands over PCM for a wanted segment. `right` may be null for a mono stem. The memory is read until wanted() names
  /// the slot again. False and nothing happens: not wanted (any more), or frames != segment_length().
  bool give(int channel, int64_t segment, const float* left, const float* right, int frames) noexcept;
  /// Makes the engine forget a slot's content. Call it before filling a wanted slot in several steps (with process()
  /// or seek() between them): a seek back could otherwise find the half-overwritten old segment there.
  void drop(int channel, int slot) noexcept;
  /// All PCM for the next ready_frames is there, as far as there are slots for it. If not, process() plays silence for
  /// what misses and counts it.
  bool ready() const noexcept;
  /// Channel-quanta that were played with missing PCM since prepare().
  int64_t underruns() const noexcept { return underruns_; }

  // --- Transport.

  /// Moves to a song frame (< 0 is 0). While playing, what was playing fades out over the first 128 new frames, which
  /// fade in. The old segments aren't needed for that: fill what wanted() names at once.
  void seek(int64_t frame) noexcept;
  /// The song frame that the next process() will read first.
  int64_t position() const noexcept { return position_; }
  /// The song frame that the next process() will put out first: position() minus the latency, across a loop's wrap.
  /// (Up to 10 ms off just after a seek or a stop.)
  int64_t heard_position() const noexcept;
  /// Stops or starts moving, each with a fade of 128 frames. A stopped engine puts out (after the fade) silence and
  /// keeps its place. Playing after prepare(). Before the first process() it takes effect without a fade.
  void set_playing(bool playing) noexcept;
  bool playing() const noexcept { return playing_; }
  /// End of the last stem, in song frames; 0 without stems. The engine itself doesn't stop there.
  int64_t song_frames() const noexcept;
  /// Plays start..end-1 round and round, to the sample, with a cross-fade over the first 128 frames after each wrap.
  /// A position at or after `end` plays on without looping. False: start < 0 or shorter than min_loop_frames.
  bool set_loop(int64_t start, int64_t end) noexcept;
  void clear_loop() noexcept { loop_end_ = 0; }

  // --- Sound.

  /// Renders `frames` (a positive multiple of quantum; otherwise nothing is done and false returned).
  bool process(float* left, float* right, int frames) noexcept;
  /// Fixed, a multiple of quantum, the same with the limiter off.
  static constexpr int latency_frames() noexcept { return Limiter::latency_frames; }
  /// Runs latency_frames() and throws the output away, so that the next process() starts exactly at the position
  /// before this call; then clears the meters. Needs the PCM (ready()) like process().
  void prime() noexcept;

  // --- Meters. Levels are linear (1 = full scale); a host reads them as often as it draws, then clears the peaks.

  ChannelMeter channel_meter(int channel) const noexcept;
  MasterMeter master_meter() const noexcept;
  /// Starts new peaks (channels, master sample peak, gain reduction). Not RMS, true peak, loudness.
  void clear_peaks() noexcept;
  /// Forgets true peak and all loudness (a new measurement).
  void clear_loudness() noexcept;
  /// Whether the master's meters run (they do after prepare()). A render, which nobody watches, goes without.
  void set_master_metered(bool metered) noexcept { metered_ = metered; }

 private:
  bool has(int channel) const noexcept { return channel >= 0 && channel < channels_; }
  void process_quantum(float* left, float* right) noexcept;
  void mix_run(float* left, float* right, int frames) noexcept;
  void mix_channel(int channel, float* left, float* right, int frames) noexcept;
  void fade_in(float* left, float* right, int frames) noexcept;
  void add_tail(float* left, float* right, int frames) noexcept;
  void start_crossfade() noexcept;
  void capture_tail(int channel, float* left, float* right) const noexcept;
  int run_length(int frames) const noexcept;
  void advance(int frames) noexcept;
  void apply_due_events() noexcept;
  void apply(int channel, const ChannelSettings& settings) noexcept;
  void retarget(int channel) noexcept;
  void measure(const float* left, const float* right) noexcept;
  PlaySpan play_span() const noexcept;

  int channels_ = 0;
  bool started_ = false;
  bool playing_ = true;
  int soloed_ = 0;
  int fade_in_left_ = 0;
  int tail_left_ = 0;
  int64_t position_ = 0;
  int64_t loop_start_ = 0;
  int64_t loop_end_ = 0;     // 0: no loop
  int64_t wrap_frames_ = 0;  // how far the last wrap went back; 0: none since the last seek
  int64_t since_wrap_ = 0;
  int64_t underruns_ = 0;
  ChannelSettings settings_[max_channels];
  ChannelStrip strips_[max_channels];
  SegmentStore stores_[max_channels];
  EventQueue events_;
  Ramp master_gain_;
  Limiter limiter_;
  LoudnessMeter loudness_;
  TruePeakMeter true_peak_;
  float master_peak_[2] = {};
  bool metered_ = true;
  float tail_[2][crossfade_frames] = {};
};

}  // namespace soundhub::dsp
