// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <stddef.h>
#include <stdint.h>

namespace soundhub::dsp {

/// The checksum of a FLAC frame's header (RFC 9639 section 9.1.8): polynomial x^8 + x^2 + x + 1, from 0.
uint8_t flac_crc_8(const uint8_t* bytes, size_t size) noexcept;

/// The checksum of a FLAC frame (section 9.3): polynomial x^16 + x^15 + x^2 + 1, nothing reflected, from 0.
uint16_t flac_crc_16(const uint8_t* bytes, size_t size) noexcept;

}  // namespace soundhub::dsp
