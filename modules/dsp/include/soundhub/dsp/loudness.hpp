// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <stdint.h>

namespace soundhub::dsp {

inline constexpr float silence_lufs = -120;  ///< What the meters say when there is nothing to measure.

/// Counts loudness blocks by tenths of an LU from -70 to +30, with the exact energy of each bin, so that a gated mean
/// over a piece of any length needs fixed memory.
class LoudnessHistogram {
 public:
  void add(double energy) noexcept;
  /// Mean energy of the blocks louder than `gate_lu` below the mean of all; 0 without blocks.
  double gated_mean(double gate_lu) const noexcept;
  /// Loudness that `fraction` of the blocks above the relative gate (`gate_lu` below the mean) don't exceed.
  double percentile(double gate_lu, double fraction) const noexcept;
  bool empty() const noexcept { return total_ == 0; }

 private:
  static constexpr int bins = 1000;
  int first_above(double gate_lu) const noexcept;

  uint32_t count_[bins] = {};
  double energy_[bins] = {};
  int64_t total_ = 0;
};

/// Loudness of a 48 kHz mono or stereo signal: ITU-R BS.1770-4 (integrated: 400 ms blocks every 100 ms, gates at
/// -70 LUFS and -10 LU), EBU Tech 3341 (momentary, short-term) and Tech 3342 (range). Any thread, one at a time; fixed
/// memory (28 KB); NaN and infinities count as 0. A mono signal is one channel: 3.01 LU less than played in both sides.
class LoudnessMeter {
 public:
  void reset() noexcept { *this = LoudnessMeter(); }
  /// Any number of frames, any block sizes: same result. `right` may be null (mono).
  void process(const float* left, const float* right, int64_t frames) noexcept;
  float momentary_lufs() const noexcept;   ///< The last 400 ms, in steps of 100 ms.
  float short_term_lufs() const noexcept;  ///< The last 3 s, in steps of 100 ms.
  float integrated_lufs() const noexcept;  ///< silence_lufs until a block passes the gate.
  float range_lu() const noexcept;         ///< 0 until 3 s were heard.
  float max_momentary_lufs() const noexcept;
  float max_short_term_lufs() const noexcept;

 private:
  static constexpr int step_frames = 4800;  // 100 ms
  static constexpr int steps = 30;          // 3 s
  struct State {
    double s1[2] = {}, s2[2] = {};  // a lane a side
  };
  void filter(const float* left, const float* right, int frames) noexcept;
  void end_step() noexcept;
  double window_energy(int step_count) const noexcept;

  State shelf_, high_pass_;
  double sum_[2] = {};
  double step_energy_[steps] = {};
  int filled_ = 0;
  int64_t step_ = 0;
  double max_momentary_ = 0, max_short_term_ = 0;
  LoudnessHistogram blocks_, short_terms_;
};

}  // namespace soundhub::dsp
