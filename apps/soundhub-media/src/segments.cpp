// SPDX-License-Identifier: AGPL-3.0-or-later
#include "segments.hpp"

#include <algorithm>

namespace soundhub::media {
namespace {

/// Level 3 takes about two thirds of level 5's time to encode.
constexpr unsigned flac_level = 3;

}  // namespace

Result<void> Segments::start_segment() {
  const FlacEncoder::Settings settings{
      .channels = channels_, .level = flac_level, .frames = static_cast<std::uint64_t>(segment_frames), .tags = {}};
  SH_TRY(encoder_, FlacEncoder::to_memory(settings, bytes_));
  return {};
}

Result<void> Segments::end_segment() {
  SH_CHECK(encoder_->finish());
  encoder_.reset();
  return wire_.send_output({.kind = OutputKind::segment, .index = static_cast<std::uint32_t>(count_++)}, bytes_);
}

Result<void> Segments::push(const PcmBlock& block) {
  const auto channels = static_cast<std::size_t>(channels_);
  auto rest = block.samples;
  while (!rest.empty()) {
    if (!encoder_) SH_CHECK(start_segment());
    const auto room = static_cast<std::size_t>(segment_frames - frames_ % segment_frames);
    const auto take = std::min(rest.size() / channels, room);
    SH_CHECK(encoder_->push(rest.first(take * channels)));
    rest = rest.subspan(take * channels);
    frames_ += static_cast<std::int64_t>(take);
    if (frames_ % segment_frames == 0) SH_CHECK(end_segment());
  }
  return {};
}

Result<void> Segments::finish() {
  if (encoder_) return end_segment();
  return {};
}

}  // namespace soundhub::media
