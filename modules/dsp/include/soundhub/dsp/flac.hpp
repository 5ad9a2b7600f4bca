// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <stddef.h>
#include <stdint.h>

namespace soundhub::dsp {

/// What a FLAC file says of itself (STREAMINFO).
struct FlacInfo {
  int sample_rate = 0;
  int channels = 0;
  int bits = 0;        ///< of a sample
  int64_t frames = 0;  ///< 0: not said
};

/// Decodes FLAC files (RFC 9639) of one or two channels and up to 24 bits, in blocks of at most 16,384 frames: all that
/// stems are, for a render and in the browser, where no FLAC library is. Exact: a sample n of a file of b bits becomes
/// n / 2^(b-1). The bytes may be anybody's: whatever isn't right, checksums and bytes after the last frame included, is
/// refused, and nothing is read or written outside of what was given. Any thread, one at a time; fixed memory (128 KB),
/// so don't put it on a stack.
class FlacDecoder {
 public:
  static constexpr int max_block_frames = 16384;

  /// Reads the head of a file; `bytes` must live until decode() has returned. False: not FLAC, or none of the above.
  bool open(const uint8_t* bytes, size_t size) noexcept;
  const FlacInfo& info() const noexcept { return info_; }
  /// Decodes all frames; `right` is only used for stereo and may be null for mono. Returns how many there were, or -1:
  /// damaged, cut short, longer than `capacity`. What was written then means nothing.
  int64_t decode(float* left, float* right, int64_t capacity) noexcept;

 private:
  int decode_frame(const uint8_t*& at) noexcept;
  void write(float* to, const int32_t* from, int frames) const noexcept;

  FlacInfo info_;
  const uint8_t* frames_ = nullptr;  // behind the metadata
  const uint8_t* end_ = nullptr;
  int32_t samples_[2][max_block_frames];
};

}  // namespace soundhub::dsp
