// SPDX-License-Identifier: AGPL-3.0-or-later
#include "pcm.hpp"

#include <algorithm>

namespace soundhub::media {
namespace {

/// Adding and taking away 1.5 * 2^23 rounds a float of this size in the FPU's own mode (nearest, ties to even) and
/// vectorises without SSE4.1, but only up to 2^22; doubles have the room.
constexpr double rounder = 0x1.8p52;

std::int32_t to_24_bits(float x) {
  const float tamed = x > -1.0F ? x : (x <= -1.0F ? -1.0F : 0.0F);
  const double scaled = std::min(static_cast<double>(tamed) * 0x1p23, 0x1p23 - 1);
  return static_cast<std::int32_t>((scaled + rounder) - rounder);
}

}  // namespace

PcmBlock Quantizer::quantize(std::span<const float> in, std::int32_t channels) {
  samples_.resize(in.size());
  floats_.resize(in.size());
  for (std::size_t i = 0; i < in.size(); ++i) samples_[i] = to_24_bits(in[i]);
  for (std::size_t i = 0; i < in.size(); ++i) floats_[i] = static_cast<float>(samples_[i]) * 0x1p-23F;
  return {.samples = samples_, .floats = floats_, .channels = channels};
}

}  // namespace soundhub::media
