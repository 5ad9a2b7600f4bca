// SPDX-License-Identifier: AGPL-3.0-or-later
#include "flac_subframe.hpp"

#include <algorithm>
#include <array>
#include <utility>

// The inner loops are made of shifts and multiplications that newer processors have in a cheaper kind; integers, so the
// bits are the same.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(SOUNDHUB_SANITIZED)
#define SOUNDHUB_FASTEST __attribute__((target_clones("default", "arch=x86-64-v3")))
#else
#define SOUNDHUB_FASTEST
#endif

namespace soundhub::media {
namespace {

constexpr unsigned most_order = 32;

struct Predictor {
  std::array<std::int64_t, most_order> coefficients{};  ///< of the latest sample first
  unsigned order{};
  unsigned shift{};
};

/// Section 9.2.5: polynomials through the last samples.
constexpr std::array<Predictor, 5> fixed_predictors{{{.coefficients = {}, .order = 0, .shift = 0},
                                                     {.coefficients = {1}, .order = 1, .shift = 0},
                                                     {.coefficients = {2, -1}, .order = 2, .shift = 0},
                                                     {.coefficients = {3, -3, 1}, .order = 3, .shift = 0},
                                                     {.coefficients = {4, -6, 4, -1}, .order = 4, .shift = 0}}};

void take_plain(FlacBits& in, unsigned width, std::span<std::int32_t> out) {
  for (auto& x : out) x = width == 0 ? 0 : in.take_signed(width);
}

/// Rice's code and the prediction in one loop: each is a chain of instructions that wait for one another, and the
/// processor works at both chains at once. What they carry on is kept in variables of their own, and so in registers.
template <unsigned order>
SOUNDHUB_INLINE void take_rice(FlacBits& in, unsigned parameter, const Predictor& predictor, std::int32_t* out,
                               std::size_t count) {
  auto bits = in;
  const auto shift = predictor.shift;
  std::array<std::int64_t, order + 1> last{};
  std::array<std::int64_t, order + 1> c{};
  for (unsigned j = 0; j < order; ++j) {
    last[j] = *(out - 1 - j);
    c[j] = predictor.coefficients[j];
  }
  const auto next = [&]() __attribute__((always_inline)) {
    std::int64_t sum = 0;
    for (unsigned j = order; j-- > 0;) sum += c[j] * last[j];  // the latest last: the next sample waits for it
    const auto x = static_cast<std::int32_t>(bits.take_rice(parameter) + (sum >> shift));
    for (unsigned j = order; j-- > 1;) last[j] = last[j - 1];
    last[0] = x;
    return x;
  };
  std::size_t i = 0;
  for (; i + 1 < count; i += 2) {
    bits.look_ahead();
    out[i] = next();
    out[i + 1] = next();
  }
  if (i < count) out[i] = next();
  in = bits;
}

/// The same for any order, and for what isn't in Rice's code: turns a residual into samples in place.
void restore(const Predictor& predictor, std::int32_t* out, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    std::int64_t sum = 0;
    for (unsigned j = predictor.order; j-- > 0;) sum += predictor.coefficients[j] * *(out + i - 1 - j);
    out[i] = static_cast<std::int32_t>(out[i] + (sum >> predictor.shift));
  }
}

template <unsigned... orders>
SOUNDHUB_INLINE bool take_rice_of_low_order(FlacBits& in, unsigned parameter, const Predictor& predictor,
                                            std::span<std::int32_t> out, std::integer_sequence<unsigned, orders...>) {
  return ((predictor.order == orders && (take_rice<orders>(in, parameter, predictor, out.data(), out.size()), true)) ||
          ...);
}

/// `out` follows at least as many known samples as the predictor needs.
SOUNDHUB_FASTEST void take_predicted(FlacBits& in, unsigned parameter, const Predictor& predictor,
                                     std::span<std::int32_t> out) {
  if (take_rice_of_low_order(in, parameter, predictor, out, std::make_integer_sequence<unsigned, 13>{})) return;
  take_rice<0>(in, parameter, fixed_predictors[0], out.data(), out.size());
  restore(predictor, out.data(), out.size());
}

/// Section 9.2.7. `out` is the whole subframe, its first samples known.
bool predicted(FlacBits& in, const Predictor& predictor, std::span<std::int32_t> out) {
  const auto coding = in.take(2);
  if (coding > 1) return false;
  const unsigned parameter_bits = coding == 0 ? 4 : 5;
  const unsigned escape = (1U << parameter_bits) - 1;
  const auto partitions = std::size_t{1} << in.take(4);
  const auto partition = out.size() / partitions;
  if (out.size() % partitions != 0 || partition < predictor.order) return false;
  auto at = std::size_t{predictor.order};
  for (std::size_t i = 1; i <= partitions; ++i) {
    const auto part = out.subspan(at, i * partition - at);
    const auto parameter = in.take(parameter_bits);
    if (parameter == escape) {
      take_plain(in, in.take(5), part);
      restore(predictor, part.data(), part.size());
    } else {
      take_predicted(in, parameter, predictor, part);
    }
    at = i * partition;
  }
  return true;
}

/// Section 9.2.6.
bool linear(FlacBits& in, unsigned bits, unsigned order, std::span<std::int32_t> out) {
  Predictor predictor{.coefficients = {}, .order = order, .shift = 0};
  if (order > out.size()) return false;
  take_plain(in, bits, out.first(order));
  const auto precision = in.take(4) + 1;
  const auto shift = in.take(5);
  if (precision == 16 || shift > 15) return false;  // reserved, and below zero
  predictor.shift = shift;
  for (unsigned i = 0; i < order; ++i) predictor.coefficients[i] = in.take_signed(precision);
  return predicted(in, predictor, out);
}

bool fixed(FlacBits& in, unsigned bits, unsigned order, std::span<std::int32_t> out) {
  if (order > out.size()) return false;
  take_plain(in, bits, out.first(order));
  return predicted(in, fixed_predictors[order], out);
}

bool of_type(FlacBits& in, unsigned type, unsigned bits, std::span<std::int32_t> out) {
  if (type == 0) {
    std::ranges::fill(out, in.take_signed(bits));
    return true;
  }
  if (type == 1) {
    take_plain(in, bits, out);
    return true;
  }
  if (type >= 8 && type <= 12) return fixed(in, bits, type - 8, out);
  if (type >= 32) return linear(in, bits, type - 31, out);
  return false;
}

}  // namespace

bool decode_subframe(FlacBits& in, unsigned bits, std::span<std::int32_t> out) {
  if (in.take(1) != 0) return false;
  const auto type = in.take(6);
  const auto wasted = in.take(1) == 0 ? 0 : in.take_unary(32) + 1;
  if (wasted >= bits || !of_type(in, type, bits - wasted, out)) return false;
  if (wasted != 0)
    for (auto& x : out) x = static_cast<std::int32_t>(static_cast<std::uint32_t>(x) << wasted);
  return true;
}

}  // namespace soundhub::media
