// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include "math.hpp"
#include "vec.hpp"

namespace soundhub::dsp {

/// Three points between two samples (at 1/4, 1/2 and 3/4), by a windowed sinc of `taps` samples: what a four-fold
/// oversampler hears there. The outer two share one pass: with s = even and d = odd part of the filter for 1/4, the
/// points are S + D and S - D, and the larger of their magnitudes is |S| + |D|.
template <int taps>
struct Interpolator {
  static constexpr int half = taps / 2;
  float even[half], odd[half], middle[half];
  float bound;  ///< No point is larger than bound times the largest sample.

  /// window(t): t in (-1, 1), 0 at the centre.
  template <typename Window>
  static constexpr Interpolator design(Window window) noexcept {
    Interpolator f{};
    double outer_sum = 0, middle_sum = 0;
    for (int k = 0; k < half; ++k) {
      const double near = tap(k - half + 0.25, window), far = tap(half - 1 - k + 0.25, window);
      f.even[k] = static_cast<float>((near + far) / 2);
      f.odd[k] = static_cast<float>((near - far) / 2);
      f.middle[k] = static_cast<float>(tap(k - half + 0.5, window));
      outer_sum += math::absolute(near) + math::absolute(far);
      middle_sum += 2 * math::absolute(tap(k - half + 0.5, window));
    }
    f.bound = static_cast<float>((outer_sum > middle_sum ? outer_sum : middle_sum) * 1.0001);
    return f;
  }

  /// Largest magnitude of the three points after sample oldest[half - 1], four neighbours at once.
  F4 peaks(const float* oldest) const noexcept {
    F4 s = splat(0), d = splat(0), m = splat(0);
    for (int k = 0; k < half; ++k) {
      const F4 a = load(oldest + k), b = load(oldest + taps - 1 - k);
      const F4 both = a + b, difference = a - b;
      s = s + splat(even[k]) * both;
      d = d + splat(odd[k]) * difference;
      m = m + splat(middle[k]) * both;
    }
    return larger(absolute(s) + absolute(d), absolute(m));
  }

 private:
  template <typename Window>
  static constexpr double tap(double t, Window window) noexcept {
    return math::sin(math::pi * t) / (math::pi * t) * window(t / half);
  }
};

constexpr double hann(double t) noexcept {
  return 0.5 + 0.5 * math::cos(math::pi * t);
}

/// ITU-R BS.1770-4 annex 2 with 49 taps at four times the rate, as libebur128 and most meters have it.
inline constexpr auto meter_interpolator = Interpolator<12>::design(hann);

}  // namespace soundhub::dsp
