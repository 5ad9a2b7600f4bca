// SPDX-License-Identifier: AGPL-3.0-or-later
#include "flac_subframe.hpp"

// The inner loops are made of shifts and multiplications that newer processors have in a cheaper kind; integers, so the
// bits are the same.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(SOUNDHUB_SANITIZED)
#define SOUNDHUB_FASTEST __attribute__((target_clones("default", "arch=x86-64-v3")))
#else
#define SOUNDHUB_FASTEST
#endif

namespace soundhub::dsp {
namespace {

constexpr int max_order = 32;
constexpr int max_fused_order = 8;  // stems have up to 6 (level 3 of libFLAC), its level 5 up to 8

struct Predictor {
  int64_t taps[max_order] = {};  // of the latest sample first
  int order = 0;
  unsigned shift = 0;
};

/// Section 9.2.5: polynomials through the last samples.
constexpr Predictor fixed_predictors[5] = {
    {{}, 0, 0}, {{1}, 1, 0}, {{2, -1}, 2, 0}, {{3, -3, 1}, 3, 0}, {{4, -6, 4, -1}, 4, 0}};

void read_plain(BitReader& in, unsigned bits, int32_t* to, int count) noexcept {
  for (int i = 0; i < count; ++i) to[i] = bits == 0 ? 0 : in.read_signed(bits);
}

/// Rice's code and the prediction in one loop: each is a chain of instructions that wait for one another, and the
/// processor works at both chains at once. What they carry on is kept in variables of their own, and so in registers.
template <int order>
SOUNDHUB_INLINE void read_rice(BitReader& in, unsigned parameter, const Predictor& predictor, int32_t* to,
                               int count) noexcept {
  BitReader bits = in;
  const unsigned shift = predictor.shift;
  int64_t last[order + 1] = {};
  int64_t taps[order + 1] = {};
  for (int t = 0; t < order; ++t) {
    last[t] = *(to - 1 - t);
    taps[t] = predictor.taps[t];
  }
  const auto next = [&]() __attribute__((always_inline)) {
    int64_t sum = 0;
    for (int t = order; t-- > 0;) sum += taps[t] * last[t];  // the latest last: the next sample waits for it
    const auto x = static_cast<int32_t>(bits.read_rice(parameter) + (sum >> shift));
    for (int t = order; t-- > 1;) last[t] = last[t - 1];
    last[0] = x;
    return x;
  };
  int i = 0;
  for (; i + 1 < count; i += 2) {
    bits.look_ahead();
    to[i] = next();
    to[i + 1] = next();
  }
  if (i < count) to[i] = next();
  in = bits;
}

/// The same for any order, and for what isn't in Rice's code: turns a residual into samples in place.
void restore(const Predictor& predictor, int32_t* samples, int count) noexcept {
  for (int i = 0; i < count; ++i) {
    int64_t sum = 0;
    for (int t = predictor.order; t-- > 0;) sum += predictor.taps[t] * *(samples + i - 1 - t);
    samples[i] = static_cast<int32_t>(samples[i] + (sum >> predictor.shift));
  }
}

template <int order>
SOUNDHUB_INLINE void read_rice_from(BitReader& in, unsigned parameter, const Predictor& predictor, int32_t* to,
                                    int count) noexcept {
  if constexpr (order > max_fused_order) {
    read_rice<0>(in, parameter, fixed_predictors[0], to, count);
    restore(predictor, to, count);
  } else if (predictor.order == order) {
    read_rice<order>(in, parameter, predictor, to, count);
  } else {
    read_rice_from<order + 1>(in, parameter, predictor, to, count);
  }
}

/// `to` follows at least as many known samples as the predictor needs.
SOUNDHUB_FASTEST void read_predicted(BitReader& in, unsigned parameter, const Predictor& predictor, int32_t* to,
                                     int count) noexcept {
  read_rice_from<0>(in, parameter, predictor, to, count);
}

/// Section 9.2.7. `samples` is the whole subframe, its first samples known.
bool read_residual(BitReader& in, const Predictor& predictor, int32_t* samples, int block) noexcept {
  const uint32_t coding = in.read(2);
  if (coding > 1) return false;
  const unsigned parameter_bits = coding == 0 ? 4 : 5;
  const uint32_t escape = (1U << parameter_bits) - 1;
  const int partitions = 1 << in.read(4);
  const int partition = block / partitions;
  if (partition * partitions != block || partition < predictor.order) return false;
  int at = predictor.order;
  for (int p = 1; p <= partitions; ++p) {
    const int count = p * partition - at;
    const uint32_t parameter = in.read(parameter_bits);
    if (parameter == escape) {
      read_plain(in, in.read(5), samples + at, count);
      restore(predictor, samples + at, count);
    } else {
      read_predicted(in, parameter, predictor, samples + at, count);
    }
    at = p * partition;
  }
  return true;
}

/// Section 9.2.6.
bool read_linear(BitReader& in, unsigned bits, int order, int32_t* samples, int block) noexcept {
  if (order > block) return false;
  read_plain(in, bits, samples, order);
  const unsigned precision = in.read(4) + 1;
  Predictor predictor;
  predictor.order = order;
  predictor.shift = in.read(5);
  if (precision == 16 || predictor.shift > 15) return false;  // reserved, and below zero
  for (int t = 0; t < order; ++t) predictor.taps[t] = in.read_signed(precision);
  return read_residual(in, predictor, samples, block);
}

bool read_fixed(BitReader& in, unsigned bits, int order, int32_t* samples, int block) noexcept {
  if (order > block) return false;
  read_plain(in, bits, samples, order);
  return read_residual(in, fixed_predictors[order], samples, block);
}

bool read_constant(BitReader& in, unsigned bits, int32_t* samples, int block) noexcept {
  const int32_t value = in.read_signed(bits);
  for (int i = 0; i < block; ++i) samples[i] = value;
  return true;
}

bool read_samples(BitReader& in, uint32_t type, unsigned bits, int32_t* samples, int block) noexcept {
  if (type == 0) return read_constant(in, bits, samples, block);
  if (type == 1) return read_plain(in, bits, samples, block), true;
  if (type >= 8 && type <= 12) return read_fixed(in, bits, static_cast<int>(type) - 8, samples, block);
  return type >= 32 && read_linear(in, bits, static_cast<int>(type) - 31, samples, block);
}

}  // namespace

bool read_subframe(BitReader& in, int32_t* samples, int block, unsigned bits) noexcept {
  if (in.read(1) != 0) return false;
  const uint32_t type = in.read(6);
  const uint32_t wasted = in.read(1) == 0 ? 0 : in.read_unary(32) + 1;
  if (wasted >= bits || !read_samples(in, type, bits - wasted, samples, block)) return false;
  if (wasted != 0)
    for (int i = 0; i < block; ++i) samples[i] = static_cast<int32_t>(static_cast<uint32_t>(samples[i]) << wasted);
  return true;
}

}  // namespace soundhub::dsp
