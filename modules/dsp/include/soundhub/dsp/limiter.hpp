// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <stdint.h>

#include "soundhub/dsp/constants.hpp"

namespace soundhub::dsp {

/// The gain curve of one limiter stage: for each frame the largest gain that is wanted there; out comes a curve that is
/// never above any of them within `hold` frames around, moves smoothly over `window` frames, and rises again slowly.
/// Fixed point (2^30 is unity), so nothing drifts and unity is exact.
template <int hold, int window>
class GainCurve {
 public:
  static constexpr int delay = hold + window - 1;  ///< Frames that the curve is behind what it was asked.
  GainCurve() noexcept;
  float next(float wanted) noexcept;
  /// Nothing but unity comes until something less is asked for.
  bool idle() const noexcept { return calm_ >= span + window; }

 private:
  static constexpr int32_t unity = 1 << 30;
  static constexpr int span = 2 * hold + window;
  static constexpr int ring = 512;
  static constexpr int box = window / 2;
  static_assert(span < ring && window % 2 == 0);
  int32_t held_minimum(int32_t wanted) noexcept;
  int32_t average(int stage, int32_t value) noexcept;

  int calm_ = span + window;  // frames since the last that asked for less than unity, or released less
  uint32_t clock_ = 0;
  uint32_t head_ = 0, tail_ = 0;  // falling candidates for the minimum
  int32_t value_[ring] = {};
  uint32_t time_[ring] = {};
  int32_t released_ = unity;
  int64_t sum_[2] = {};
  int32_t line_[2][box] = {};
  int place_ = 0;
};

/// One pass of look-ahead limiting: measures true peaks and applies the curve to the delayed signal. The signal begins
/// `silent_quanta` after the first call (the stages before have their delay).
template <int hold, int window, int silent_quanta>
class LimiterStage {
 public:
  static constexpr int taps = 32;
  static constexpr int delay = taps / 2 + GainCurve<hold, window>::delay;
  /// In place, one quantum. Returns the lowest gain.
  float process(float* left, float* right, float ceiling) noexcept;

 private:
  void push(const float* left, const float* right) noexcept;
  void ask(float* gains, float ceiling) noexcept;
  float smooth(float* gains) noexcept;
  void also_measure_mirrored(float* gains, float ceiling) noexcept;
  bool quiet(float ceiling) const noexcept;
  void wanted_gains(float* gains, float ceiling) const noexcept;

  static constexpr int line_frames = delay + quantum;
  GainCurve<hold, window> curve_;
  int until_start_ = silent_quanta;
  float line_[2][line_frames] = {};
};

/// Look-ahead true-peak limiter, stereo-linked. Owned and called by Engine.
///
/// Applying a moving gain makes new inter-sample peaks (some tenths of a dB on harsh signals), which no longer detector
/// prevents. So there are two stages: the first takes the work and the second measures the result again; what is left
/// for it is so little that its own gain hardly moves. Both measure with two interpolators (a meter's 12 samples and a
/// steeper one of 32), because meters differ most on the signals that matter; and since some (FFmpeg's) see a file's
/// start mirrored where others see silence, the first samples after reset() are measured that way too. Below the
/// ceiling: a bit-exact delay.
class Limiter {
 public:
  static constexpr int latency_frames = 448;
  void reset() noexcept { *this = Limiter(); }
  void set(bool on, float ceiling_dbtp) noexcept;
  /// In place, one quantum.
  void process(float* left, float* right) noexcept;
  float gain_reduction_db() const noexcept;
  void clear_peaks() noexcept { lowest_ = 1; }

 private:
  using First = LimiterStage<25, 216, 0>;
  using Second = LimiterStage<25, 152, First::delay / quantum>;
  static_assert(First::delay % quantum == 0 && First::delay + Second::delay == latency_frames);

  First first_;
  Second second_;
  float ceiling_ = 1e9F;
  float lowest_ = 1;
};

}  // namespace soundhub::dsp
