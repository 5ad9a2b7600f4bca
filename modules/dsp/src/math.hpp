// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <stdint.h>

/// Deterministic double maths: only + - * / and integer operations, so the same bits on every IEEE-754 host (needs
/// -ffp-contract=off and no -ffast-math; libm's functions differ between hosts, and with FMA even from themselves).
namespace soundhub::dsp::math {

inline constexpr double pi = 3.141592653589793;
inline constexpr double ln2 = 0.6931471805599453;

constexpr double absolute(double x) noexcept {
  return x < 0 ? -x : x;
}

/// Nearest integer, ties to even; |x| < 2^51.
constexpr double nearest(double x) noexcept {
  constexpr double magic = 6755399441055744.0;  // 1.5 * 2^52: the addition rounds at the units
  return (x + magic) - magic;
}

constexpr double series(double z, const double* terms, int count) noexcept {
  double sum = 0;
  for (int i = count - 1; i >= 0; --i) sum = sum * z + terms[i];
  return sum;
}

/// sin and cos for |x| <= pi/4: Taylor series, below 1 ulp there.
constexpr double small_sin(double x) noexcept {
  constexpr double terms[] = {1.0,          -1.0 / 6,          1.0 / 120,          -1.0 / 5040,
                              1.0 / 362880, -1.0 / 39916800.0, 1.0 / 6227020800.0, -1.0 / 1307674368000.0};
  return x * series(x * x, terms, 8);
}
constexpr double small_cos(double x) noexcept {
  constexpr double terms[] = {1.0,
                              -0.5,
                              1.0 / 24,
                              -1.0 / 720,
                              1.0 / 40320,
                              -1.0 / 3628800,
                              1.0 / 479001600.0,
                              -1.0 / 87178291200.0,
                              1.0 / 20922789888000.0};
  return series(x * x, terms, 9);
}

constexpr double quarter_turns(double x, int shift) noexcept {
  const double turns = nearest(x * (2 / pi));
  const double rest = (x - turns * 1.5707963267341256) - turns * 6.077100506506192e-11;  // pi/2 in two parts
  const int quarter = static_cast<int>(static_cast<int64_t>(turns) + shift) & 3;
  const double value = (quarter & 1) != 0 ? small_cos(rest) : small_sin(rest);
  return (quarter & 2) != 0 ? -value : value;
}

/// |x| < 1e5.
constexpr double sin(double x) noexcept {
  return quarter_turns(x, 0);
}
constexpr double cos(double x) noexcept {
  return quarter_turns(x, 1);
}

/// 0 below -1000, bounded at 2^1000.
constexpr double exp2(double x) noexcept {
  if (!(x >= -1000)) return 0;
  if (x > 1000) x = 1000;
  const double whole = nearest(x);
  const double rest = (x - whole) * ln2;
  double sum = 1;
  for (int i = 14; i >= 1; --i) sum = 1 + sum * rest / i;
  return sum * __builtin_bit_cast(double, static_cast<uint64_t>(static_cast<int64_t>(whole) + 1023) << 52);
}

/// x > 0 and not subnormal.
constexpr double log2(double x) noexcept {
  const uint64_t bits = __builtin_bit_cast(uint64_t, x);
  int exponent = static_cast<int>((bits >> 52) & 0x7ff) - 1023;
  double mantissa = __builtin_bit_cast(double, (bits & 0xfffffffffffffULL) | 0x3ff0000000000000ULL);
  if (mantissa > 1.4142135623730951) {
    mantissa *= 0.5;
    ++exponent;
  }
  const double s = (mantissa - 1) / (mantissa + 1);  // log m = 2 atanh s
  double sum = 0;
  for (int i = 23; i >= 1; i -= 2) sum = sum * (s * s) + 1.0 / i;
  return exponent + 2 * s * sum / ln2;
}

constexpr double log10(double x) noexcept {
  return log2(x) * 0.30102999566398120;
}
constexpr double db_to_linear(double db) noexcept {
  return exp2(db * 0.16609640474436813);
}
constexpr double linear_to_db(double linear) noexcept {
  return linear > 1e-6 ? 20 * log10(linear) : -120;
}

}  // namespace soundhub::dsp::math
