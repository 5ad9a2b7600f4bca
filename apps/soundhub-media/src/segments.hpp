// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <memory>

#include "flac_encoder.hpp"
#include "pcm.hpp"
#include "wire.hpp"

namespace soundhub::media {

/// Cuts a stem into FLAC files of 240,000 frames (the last may be shorter), each complete in itself.
class Segments {
 public:
  Segments(Wire& wire, std::int32_t channels) : wire_{wire}, channels_{channels} {}
  Result<void> push(const PcmBlock& block);
  Result<void> finish();
  std::int64_t frames() const { return frames_; }
  std::int32_t count() const { return count_; }

 private:
  Result<void> start_segment();
  Result<void> end_segment();

  Wire& wire_;
  std::int32_t channels_;
  Bytes bytes_;
  std::unique_ptr<FlacEncoder> encoder_;
  std::int64_t frames_{};
  std::int32_t count_{};
};

}  // namespace soundhub::media
