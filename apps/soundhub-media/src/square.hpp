// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include "libav.hpp"
#include "soundhub/base/bytes.hpp"

namespace soundhub::media {

/// The largest square in the middle of `picture`, turned as its EXIF orientation says, on white, `side` pixels wide, as
/// a JPEG without metadata. Errors: "image.undecodable".
Result<Bytes> square_jpeg(const AVFrame& picture, int side);

}  // namespace soundhub::media
