// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <opus.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "soundhub/base/bytes.hpp"
#include "soundhub/base/error.hpp"

namespace soundhub::media {

/// Wraps packets into the pages of one Ogg stream (RFC 3533). Writes a page when it is about a second long.
class OggPages {
 public:
  explicit OggPages(std::uint32_t serial) : serial_{serial} {}
  /// `granule`: the position at the packet's end. `flush`: end the page here.
  void packet(Bytes& out, BytesView packet, std::int64_t granule, bool flush, bool last);

 private:
  void end_page(Bytes& out, bool last);

  std::uint32_t serial_;
  std::uint32_t sequence_{};
  std::int64_t granule_{};
  std::vector<std::uint8_t> lacing_;
  Bytes body_;
};

/// Encodes 48 kHz mono or stereo to Ogg Opus (RFC 7845) that decodes to exactly the frames put in.
class OpusOggEncoder {
 public:
  struct Settings {
    std::int32_t channels{};
    std::int32_t bits_per_second{};
    std::int32_t complexity{};
    std::vector<std::pair<std::string, std::string>> tags;
  };
  using Write = std::function<Result<void>(BytesView)>;

  static Result<std::unique_ptr<OpusOggEncoder>> start(const Settings& settings, Write write);
  /// Interleaved, full scale 1.
  Result<void> push(std::span<const float> samples);
  Result<void> finish();

 private:
  struct FreeEncoder {
    void operator()(OpusEncoder* p) const { opus_encoder_destroy(p); }
  };
  OpusOggEncoder(const Settings& settings, Write write);
  Result<void> configure(const Settings& settings);
  Result<void> headers(const Settings& settings);
  Result<void> encode_packet(std::span<const float> samples, bool last);
  Result<void> hand_on();

  std::unique_ptr<OpusEncoder, FreeEncoder> encoder_;
  std::int32_t channels_;
  Write write_;
  OggPages pages_;
  std::vector<float> pending_;
  Bytes out_;
  std::int64_t pre_skip_{}, frames_{}, encoded_{};
};

}  // namespace soundhub::media
