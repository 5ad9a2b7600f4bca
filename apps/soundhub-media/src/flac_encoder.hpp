// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <FLAC/stream_encoder.h>

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

/// Encodes 24-bit 48 kHz FLAC. Not thread-safe.
class FlacEncoder {
 public:
  struct Settings {
    std::int32_t channels{};
    unsigned level{};        ///< libFLAC's 0 to 8
    std::uint64_t frames{};  ///< as far as known beforehand; 0 if not
    std::vector<std::pair<std::string, std::string>> tags;
  };
  /// A whole file in memory: the header is completed (length, MD5) when it ends.
  static Result<std::unique_ptr<FlacEncoder>> to_memory(const Settings& settings, Bytes& out);
  /// A file that is handed on as it grows: its header holds `frames` and no MD5.
  static Result<std::unique_ptr<FlacEncoder>> to_stream(const Settings& settings,
                                                        std::function<Result<void>(BytesView)> write);

  /// Interleaved, -2^23 to 2^23-1.
  Result<void> push(std::span<const std::int32_t> samples);
  Result<void> finish();

 private:
  struct FreeEncoder {
    void operator()(FLAC__StreamEncoder* p) const { FLAC__stream_encoder_delete(p); }
  };
  explicit FlacEncoder(Bytes* memory, std::function<Result<void>(BytesView)> write);
  Result<void> start(const Settings& settings);
  Result<void> failed();
  void add_tags(const Settings& settings);
  static FLAC__StreamEncoderWriteStatus on_write(const FLAC__StreamEncoder*, const FLAC__byte* data, std::size_t size,
                                                 std::uint32_t, std::uint32_t, void* self);
  static FLAC__StreamEncoderSeekStatus on_seek(const FLAC__StreamEncoder*, FLAC__uint64 offset, void* self);
  static FLAC__StreamEncoderTellStatus on_tell(const FLAC__StreamEncoder*, FLAC__uint64* offset, void* self);

  std::unique_ptr<FLAC__StreamEncoder, FreeEncoder> encoder_;
  std::unique_ptr<FLAC__StreamMetadata, void (*)(FLAC__StreamMetadata*)> comment_;
  Bytes* memory_;
  std::size_t position_{};
  std::function<Result<void>(BytesView)> write_;
  Result<void> written_;
  std::int32_t channels_{};
};

}  // namespace soundhub::media
