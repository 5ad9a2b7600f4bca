// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <span>

#include "flac_bits.hpp"

namespace soundhub::media {

/// Decodes one channel of a FLAC frame (RFC 9639 section 9.2) of `bits` a sample, at most 25. False if it is malformed;
/// reading past the end isn't looked for here.
bool decode_subframe(FlacBits& in, unsigned bits, std::span<std::int32_t> out);

}  // namespace soundhub::media
