// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "sniff.hpp"

namespace soundhub::media {

/// Frames that an MP3's Xing/Info header promises after its encoder's delay and padding (LAME tag), if it has one.
std::optional<std::int64_t> mp3_declared_frames(const ReadAt& read_at);

/// Whether an Ogg file of `size` bytes stops before the page that ends its stream (RFC 3533 section 6).
bool ogg_is_cut(const ReadAt& read_at, std::int64_t size);

/// Whether a chunk of a WAV, RF64, AIFF or CAF file is longer than the file has bytes left. Sizes that only say "to the
/// end" (recorders that couldn't seek back) don't count.
bool chunks_are_cut(Container container, const ReadAt& read_at, std::int64_t size);

/// The third number of iTunes's gapless note (" 00000000 priming padding frames …", in hex): the take's true frames.
std::optional<std::int64_t> itunes_frames(std::string_view note);

}  // namespace soundhub::media
