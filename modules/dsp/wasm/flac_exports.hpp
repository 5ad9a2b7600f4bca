// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <stdint.h>

#include "exports.hpp"

/// Decoding of stem segments, in the same engine.wasm but meant for an instance of its own (in a Worker): its memory is
/// 4.1 MB, taken at the first sh_flac_input(), and doesn't grow with use.
///
///     copy the file to sh_flac_input(size); frames = sh_flac_decode(size); if (frames < 0) it is damaged
///     read sh_flac_output(0), and sh_flac_output(1) if sh_flac_channels() == 2

/// Where a file of `size` bytes goes. 0: too large for a segment (2 MiB), or no memory.
SH_EXPORT(sh_flac_input) uint8_t* sh_flac_input(int size);
/// FlacDecoder over the input: frames, or -1 (also if it isn't 48 kHz or has more than 240000 frames).
SH_EXPORT(sh_flac_decode) int sh_flac_decode(int size);
/// Of the last one that was decoded.
SH_EXPORT(sh_flac_channels) int sh_flac_channels();
/// Offset of 240000 floats: side 0 left (or mono), 1 right. Valid after sh_flac_decode().
SH_EXPORT(sh_flac_output) float* sh_flac_output(int side);
