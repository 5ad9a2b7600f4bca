// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <cstdint>
#include <span>
#include <vector>

namespace soundhub::media {

constexpr std::int32_t stem_rate = 48'000;
constexpr std::int64_t segment_frames = 240'000;

/// 24-bit samples and the same as floats (n / 2^23), interleaved.
struct PcmBlock {
  std::span<const std::int32_t> samples;
  std::span<const float> floats;
  std::int32_t channels{};
  std::size_t frames() const { return samples.size() / static_cast<std::size_t>(channels); }
};

/// Rounds floats to 24 bits: to nearest, ties to even, no dither (the same input always gives the same bits), clipped
/// at full scale, NaN becomes silence.
class Quantizer {
 public:
  /// The views are valid until the next call.
  PcmBlock quantize(std::span<const float> in, std::int32_t channels);

 private:
  std::vector<std::int32_t> samples_;
  std::vector<float> floats_;
};

}  // namespace soundhub::media
