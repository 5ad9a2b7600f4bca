// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/dsp/limiter.hpp"

#include "interpolator.hpp"
#include "math.hpp"
#include "vec.hpp"

namespace soundhub::dsp {
namespace {

constexpr int release_shift = 12;   // 1/4096 of the way a frame: 85 ms
constexpr float headroom = 0.998F;  // 0.017 dB for what the interpolators round and miss
constexpr float no_ceiling = 1e9F;

constexpr double blackman(double t) noexcept {
  return 0.42 + 0.5 * math::cos(math::pi * t) + 0.08 * math::cos(2 * math::pi * t);
}
constexpr auto steep_interpolator = Interpolator<32>::design(blackman);

}  // namespace

template <int hold, int window>
GainCurve<hold, window>::GainCurve() noexcept {
  for (int stage = 0; stage < 2; ++stage) {
    for (int32_t& value : line_[stage]) value = unity;
    sum_[stage] = int64_t{unity} * box;
  }
}

/// Sliding minimum over `span` frames: candidates rise from head to tail, the head is the minimum.
template <int hold, int window>
int32_t GainCurve<hold, window>::held_minimum(int32_t wanted) noexcept {
  while (tail_ != head_ && value_[(tail_ - 1) % ring] >= wanted) --tail_;
  value_[tail_ % ring] = wanted;
  time_[tail_ % ring] = clock_;
  ++tail_;
  if (clock_ - time_[head_ % ring] >= static_cast<uint32_t>(span)) ++head_;
  ++clock_;
  return value_[head_ % ring];
}

template <int hold, int window>
int32_t GainCurve<hold, window>::average(int stage, int32_t value) noexcept {
  int32_t& oldest = line_[stage][place_];
  sum_[stage] += value - oldest;
  oldest = value;
  return static_cast<int32_t>(sum_[stage] / box);
}

template <int hold, int window>
float GainCurve<hold, window>::next(float wanted) noexcept {
  const int32_t held = held_minimum(static_cast<int32_t>(wanted * static_cast<float>(unity)));
  const int32_t risen = released_ + ((unity - released_) >> release_shift) + 1;
  released_ = held < risen ? held : risen;
  calm_ = released_ < unity || wanted < 1 ? 0 : calm_ + 1;
  const int32_t smooth = average(1, average(0, released_));
  place_ = place_ + 1 == box ? 0 : place_ + 1;
  return static_cast<float>(smooth) * (1.0F / static_cast<float>(unity));
}

template <int hold, int window, int silent_quanta>
void LimiterStage<hold, window, silent_quanta>::push(const float* left, const float* right) noexcept {
  const float* const sides[] = {left, right};
  for (int side = 0; side < 2; ++side) {
    __builtin_memmove(line_[side], line_[side] + quantum, delay * sizeof(float));
    __builtin_memcpy(line_[side] + delay, sides[side], quantum * sizeof(float));
  }
}

/// The signal's first quantum is in the line, and nothing before it.
template <int hold, int window, int silent_quanta>
void LimiterStage<hold, window, silent_quanta>::also_measure_mirrored(float* gains, float ceiling) noexcept {
  for (auto& line : line_)
    for (int i = 1; i <= taps; ++i) line[delay - i] = line[delay + i];
  float mirrored[quantum];
  wanted_gains(mirrored, ceiling);
  for (int i = 0; i < quantum; ++i)
    if (mirrored[i] < gains[i]) gains[i] = mirrored[i];
  for (auto& line : line_) __builtin_memset(line, 0, delay * sizeof(float));
}

/// Nothing that this quantum's interpolation can see could reach the ceiling.
template <int hold, int window, int silent_quanta>
bool LimiterStage<hold, window, silent_quanta>::quiet(float ceiling) const noexcept {
  F4 peak = splat(0);
  for (const auto& line : line_)
    for (int i = delay - taps; i < line_frames; i += 4) peak = larger(peak, absolute(load(line + i)));
  return largest(peak) * steep_interpolator.bound < ceiling;
}

template <int hold, int window, int silent_quanta>
void LimiterStage<hold, window, silent_quanta>::wanted_gains(float* gains, float ceiling) const noexcept {
  static_assert(steep_interpolator.bound > meter_interpolator.bound);
  constexpr int centre_shift = (taps - 12) / 2;  // where the short interpolator has the same centre
  const F4 target = splat(ceiling * headroom), limit = splat(ceiling);
  for (int i = 0; i < quantum; i += 4) {
    F4 peak = splat(0);
    for (const auto& line : line_) {
      const float* oldest = line + delay + 1 - taps + i;
      peak = larger(peak, absolute(load(oldest + taps / 2 - 1)));
      peak = larger(peak, meter_interpolator.peaks(oldest + centre_shift));
      peak = larger(peak, steep_interpolator.peaks(oldest));
    }
    store(gains + i, peak > limit ? target / peak : splat(1));
  }
}

template <int hold, int window, int silent_quanta>
void LimiterStage<hold, window, silent_quanta>::ask(float* gains, float ceiling) noexcept {
  if (quiet(ceiling)) {
    for (int i = 0; i < quantum; ++i) gains[i] = 1;
  } else {
    wanted_gains(gains, ceiling);
  }
  if (until_start_ >= 0 && until_start_-- == 0) also_measure_mirrored(gains, ceiling);
}

/// Replaces what was asked for by the curve. Returns its lowest point.
template <int hold, int window, int silent_quanta>
float LimiterStage<hold, window, silent_quanta>::smooth(float* gains) noexcept {
  bool unity = curve_.idle();
  for (int i = 0; i < quantum; ++i) unity = unity && gains[i] == 1;
  if (unity) return 1;
  float lowest = 1;
  for (int i = 0; i < quantum; ++i) {
    gains[i] = curve_.next(gains[i]);
    if (gains[i] < lowest) lowest = gains[i];
  }
  return lowest;
}

template <int hold, int window, int silent_quanta>
float LimiterStage<hold, window, silent_quanta>::process(float* left, float* right, float ceiling) noexcept {
  push(left, right);
  float gains[quantum];
  ask(gains, ceiling);
  const float lowest = smooth(gains);
  for (int i = 0; i < quantum; i += 4) {
    store(left + i, load(line_[0] + i) * load(gains + i));
    store(right + i, load(line_[1] + i) * load(gains + i));
  }
  return lowest;
}

void Limiter::set(bool on, float ceiling_dbtp) noexcept {
  ceiling_ = on ? static_cast<float>(math::db_to_linear(static_cast<double>(ceiling_dbtp))) : no_ceiling;
}

void Limiter::process(float* left, float* right) noexcept {
  const float first = first_.process(left, right, ceiling_), second = second_.process(left, right, ceiling_);
  if (first * second < lowest_) lowest_ = first * second;
}

float Limiter::gain_reduction_db() const noexcept {
  return static_cast<float>(-math::linear_to_db(static_cast<double>(lowest_)));
}

template class GainCurve<25, 216>;
template class GainCurve<25, 152>;
template class LimiterStage<25, 216, 0>;
template class LimiterStage<25, 152, 4>;

}  // namespace soundhub::dsp
