// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <stdint.h>

/// Four lanes, by compiler extension: g++ and clang make SSE2 and wasm SIMD of the same source, with the same bits.
namespace soundhub::dsp {

using F4 = float __attribute__((vector_size(16)));
using I4 = int32_t __attribute__((vector_size(16)));

inline F4 splat(float x) noexcept {
  return F4{x, x, x, x};
}
inline F4 load(const float* from) noexcept {
  F4 v;
  __builtin_memcpy(&v, from, sizeof v);
  return v;
}
inline void store(float* to, F4 v) noexcept {
  __builtin_memcpy(to, &v, sizeof v);
}
inline F4 larger(F4 a, F4 b) noexcept {
  return a > b ? a : b;
}
inline F4 absolute(F4 a) noexcept {
  return (F4)((I4)a & 0x7fffffff);
}
inline float largest(F4 a) noexcept {
  const float low = a[0] > a[1] ? a[0] : a[1];
  const float high = a[2] > a[3] ? a[2] : a[3];
  return low > high ? low : high;
}
inline float sum(F4 a) noexcept {
  return (a[0] + a[1]) + (a[2] + a[3]);
}

/// Audio fit for the engine: what is too small to hear (and could become subnormal, which hosts treat differently), NaN
/// (whose bits hosts may choose), infinities and values beyond +48 dBFS become 0.
inline F4 sane(F4 a) noexcept {
  const F4 size = absolute(a);
  return (F4)((I4)a & (size > 1e-15F) & (size <= 256.0F));
}
inline float sane(float a) noexcept {
  const float size = a < 0 ? -a : a;
  return size > 1e-15F && size <= 256.0F ? a : 0.0F;
}

inline void copy_sane(float* to, const float* from, int frames) noexcept {
  int i = 0;
  for (; i + 4 <= frames; i += 4) store(to + i, sane(load(from + i)));
  for (; i < frames; ++i) to[i] = sane(from[i]);
}

}  // namespace soundhub::dsp
