// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <cstdint>
#include <functional>
#include <optional>

#include "soundhub/base/bytes.hpp"

namespace soundhub::media {

/// The kinds of file that are opened at all. libavformat is told which one it is and never guesses: its own guess may
/// be a playlist that names other files.
enum class Container : std::uint8_t { wav, aiff, caf, flac, ogg, matroska, mp4, mp3, adts };

/// libavformat's name of the demuxer.
const char* demuxer_name(Container container);

/// Fills `out` from `offset` and says how many bytes there were.
using ReadAt = std::function<std::size_t(std::int64_t offset, std::span<std::byte> out)>;

/// What the file is, by its first bytes (after any ID3v2 tag); nothing if it is none of the kinds. Pure.
std::optional<Container> sniff(const ReadAt& read_at);

/// An MPEG audio frame header (ISO 11172-3 2.4.1.3, layers I to III), if these four bytes are one.
struct MpegHeader {
  std::int32_t version{};  ///< 1, 2, or 25 for 2.5
  std::int32_t sample_rate{};
  std::int32_t frame_bytes{};
  std::int32_t frame_samples{};
  std::int32_t side_info_bytes{};  ///< of layer III, without CRC
  bool mono{};
};
std::optional<MpegHeader> mpeg_header(BytesView bytes);

/// Where the first of three consecutive MPEG frames starts in `head`, or the first of fewer that end the file.
std::optional<std::size_t> first_mpeg_frame(BytesView head);

/// Bytes of the ID3v2 tag that `head` starts with; 0 if there is none.
std::int64_t id3v2_size(BytesView head);

}  // namespace soundhub::media
