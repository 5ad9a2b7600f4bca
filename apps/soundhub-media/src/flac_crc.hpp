// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <cstdint>

#include "soundhub/base/bytes.hpp"

namespace soundhub::media {

/// The checksum of a FLAC frame (RFC 9639 section 9.3): polynomial x^16 + x^15 + x^2 + 1, nothing reflected, from 0.
std::uint32_t flac_crc_16(BytesView bytes);

}  // namespace soundhub::media
