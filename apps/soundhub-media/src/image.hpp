// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include "wire.hpp"

namespace soundhub::media {

/// Reads the picture on descriptor `fd` (PNG, JPEG, WebP, the first frame of a GIF) and sends the square in its middle
/// as JPEG with sides of 640 and 160 pixels. Nothing of the file but its pixels goes in: no metadata; EXIF orientation
/// is honoured first. Transparent parts become white. Errors: "image.undecodable", "image.too_large".
Result<ImageReport> image(int fd, Wire& wire);

}  // namespace soundhub::media
