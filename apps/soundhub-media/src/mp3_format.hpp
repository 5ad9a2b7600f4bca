// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "soundhub/base/bytes.hpp"

namespace soundhub::media {

/// What is known of a 320 kbit/s, 48 kHz MP3 before it is encoded: all its frames have the same size.
struct Mp3Plan {
  static constexpr std::int64_t frame_samples = 1152;
  static constexpr std::int64_t frame_bytes = 960;
  static constexpr std::int64_t encoder_delay = 576;  ///< LAME's ENCDELAY

  std::int64_t samples{};      ///< a side
  std::int64_t frames{};       ///< without the Info frame
  std::int64_t end_padding{};  ///< samples of silence after the last one

  /// As LAME's lame_encode_flush does it: the padding fills a frame and is at least half of one.
  static Mp3Plan of(std::int64_t samples);
};

/// The Info frame (Xing's header with LAME's tag) that lets players seek and play without gaps. The CRC of the music
/// isn't known when it is written and stays 0.
Bytes mp3_info_frame(const Mp3Plan& plan);

/// An ID3v2.4 tag of UTF-8 texts: TIT2, TPE1, TALB, and a COMM for the comment. Empty texts are left out.
Bytes id3v2_tag(const std::string& title, const std::string& artist, const std::string& album,
                const std::string& comment);

}  // namespace soundhub::media
