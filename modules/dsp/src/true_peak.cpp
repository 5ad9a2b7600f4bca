// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/dsp/true_peak.hpp"

#include "interpolator.hpp"

namespace soundhub::dsp {
namespace {

float sample_peak(const float* samples, int frames) noexcept {
  F4 peak = splat(0);
  for (int i = 0; i < frames; i += 4) peak = larger(peak, absolute(load(samples + i)));
  return largest(peak);
}

float inter_sample_peak(const float* line, int frames) noexcept {
  F4 peak = splat(0);
  for (int i = 0; i < frames; i += 4) peak = larger(peak, meter_interpolator.peaks(line + i));
  return largest(peak);
}

}  // namespace

void TruePeakMeter::process(const float* left, const float* right, int64_t frames) noexcept {
  process_side(0, left, frames);
  if (right != nullptr) process_side(1, right, frames);
}

// Works in whole vectors: up to three frames wait for the next call, so the result doesn't depend on block sizes.
void TruePeakMeter::process_side(int side, const float* samples, int64_t frames) noexcept {
  float* line = line_[side];
  int& waiting = waiting_[side];
  while (frames > 0) {
    const int taken = frames < block ? static_cast<int>(frames) : block;
    copy_sane(line + history + waiting, samples, taken);
    const int present = waiting + taken, whole = present & ~3;
    measure(side, whole);
    waiting = present - whole;
    __builtin_memmove(line, line + whole, static_cast<unsigned long>(history + waiting) * sizeof(float));
    samples += taken;
    frames -= taken;
  }
}

void TruePeakMeter::measure(int side, int frames) noexcept {
  float& highest = peak_[side];
  const float peak = sample_peak(line_[side], history + frames);
  if (peak > highest) highest = peak;
  if (peak * meter_interpolator.bound <= highest) return;  // nothing between these samples can be higher
  const float between = inter_sample_peak(line_[side] + 1, frames);
  if (between > highest) highest = between;
}

void TruePeakMeter::flush() noexcept {
  constexpr float silence[history + 3] = {};
  process(silence, silence, history + 3);
}

float TruePeakMeter::peak_dbtp() const noexcept {
  return static_cast<float>(math::linear_to_db(peak_[0] > peak_[1] ? peak_[0] : peak_[1]));
}

}  // namespace soundhub::dsp
