// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <cstdint>
#include <vector>

#include "soundhub/base/bytes.hpp"
#include "soundhub/base/error.hpp"

namespace soundhub::media {

/// A stem segment as the engine reads it: full scale 1, one vector a side (`right` stays empty for mono).
struct PlanarPcm {
  std::vector<float> left, right;
};

/// Decodes a whole 24-bit 48 kHz FLAC file of exactly `frames` frames. Errors: "render.bad_stem".
Result<void> decode_segment(BytesView flac, std::int32_t channels, std::int32_t frames, PlanarPcm& out);

}  // namespace soundhub::media
