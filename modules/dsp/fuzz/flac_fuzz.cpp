// SPDX-License-Identifier: AGPL-3.0-or-later
#include <cstdlib>
#include <memory>
#include <vector>

#include "soundhub/dsp/flac.hpp"

using soundhub::dsp::FlacDecoder;

/// Whatever the bytes are: refused, or as many frames as there is room for, at most.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto decoder = std::make_unique<FlacDecoder>();
  constexpr std::int64_t room = 20'000;
  if (!decoder->open(data, size)) return 0;
  const int channels = decoder->info().channels;
  std::vector<float> left(room), right(channels == 2 ? room : 0);
  const std::int64_t frames = decoder->decode(left.data(), channels == 2 ? right.data() : nullptr, room);
  if (frames < -1 || frames > room) std::abort();
  return 0;
}
