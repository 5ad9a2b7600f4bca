// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <stdint.h>

namespace soundhub::dsp {

/// Highest inter-sample peak of a 48 kHz signal, ITU-R BS.1770-4 annex 2: four-fold interpolation by a 49-tap
/// Hann-windowed sinc. Any thread, one at a time; fixed memory; NaN and infinities count as 0.
class TruePeakMeter {
 public:
  void reset() noexcept { *this = TruePeakMeter(); }
  /// Any number of frames, any block sizes: same result. `right` may be null (mono).
  void process(const float* left, const float* right, int64_t frames) noexcept;
  /// Linear; side 0 left, 1 right. The last 9 frames count only once others (or flush()) follow.
  float peak(int side) const noexcept { return peak_[side & 1]; }
  /// Of both sides; -120 for silence.
  float peak_dbtp() const noexcept;
  /// The signal ends here: counts its last frames as if silence followed.
  void flush() noexcept;

 private:
  static constexpr int history = 12;
  static constexpr int block = 256;
  void process_side(int side, const float* samples, int64_t frames) noexcept;
  void measure(int side, int frames) noexcept;

  float line_[2][history + 3 + block] = {};  // the last `history` samples, those that wait, then a block
  int waiting_[2] = {};
  float peak_[2] = {};
};

}  // namespace soundhub::dsp
