// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <cstdint>
#include <memory>
#include <vector>

#include "soundhub/base/bytes.hpp"
#include "soundhub/base/error.hpp"
#include "soundhub/dsp/flac.hpp"

namespace soundhub::media {

/// A stem segment as the engine reads it: full scale 1, one vector a side (`right` stays empty for mono).
struct PlanarPcm {
  std::vector<float> left, right;
};

/// Decodes the segments of stems, one at a time.
class StemDecoder {
 public:
  /// A whole 24-bit 48 kHz FLAC file of exactly `frames` frames. Errors: "render.bad_stem".
  Result<void> decode(BytesView flac, std::int32_t channels, std::int32_t frames, PlanarPcm& out);

 private:
  std::unique_ptr<dsp::FlacDecoder> flac_ = std::make_unique<dsp::FlacDecoder>();
};

}  // namespace soundhub::media
