// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include "bit_reader.hpp"

namespace soundhub::dsp {

/// Decodes one channel of a FLAC frame (RFC 9639 section 9.2): `block` samples of `bits` each, at most 25. False if it
/// is malformed; reading past the end isn't looked for here.
bool read_subframe(BitReader& in, int32_t* samples, int block, unsigned bits) noexcept;

}  // namespace soundhub::dsp
