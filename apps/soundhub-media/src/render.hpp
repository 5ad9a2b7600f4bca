// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include "wire.hpp"

namespace soundhub::media {

/// Receives a RenderRequest, mixes it with the engine and sends FLAC, MP3, Opus and peaks of the mix, rounded to 24
/// bits (Quantizer). The song's length is the end of its last stem, heard or not. Errors: "render.invalid" (settings
/// out of range, no stems, too long), "render.bad_stem".
Result<RenderReport> render(std::int64_t most_seconds, Wire& wire);

}  // namespace soundhub::media
