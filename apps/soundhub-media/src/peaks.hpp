// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <array>
#include <cstdint>
#include <vector>

#include "pcm.hpp"
#include "soundhub/base/bytes.hpp"

namespace soundhub::media {

/// Smallest and largest sample of every 256, 2048 and 16384 frames, over all channels together, so that nothing that
/// is heard is missing from the picture.
class Peaks {
 public:
  static constexpr std::array<std::uint32_t, 3> samples_per_pixel{256, 2048, 16'384};

  void push(const PcmBlock& block);
  void finish();
  /// audiowaveform's .dat, version 2, 8 bit, one channel: after a header of six 32-bit little-endian integers (version,
  /// flags, rate, samples per pixel, length, channels) `length` pairs of int8 min, max; a sample is cut to its top 8
  /// bits towards zero. https://github.com/bbc/audiowaveform/blob/master/doc/DataFormat.md
  Bytes file(std::size_t level) const;
  /// Largest magnitude so far, of 2^23.
  std::int32_t highest() const { return highest_; }

 private:
  struct Point {
    std::int8_t least, most;
  };
  void end_point();
  static std::vector<Point> merged(const std::vector<Point>& points, std::size_t count);

  std::array<std::vector<Point>, samples_per_pixel.size()> levels_;
  std::int32_t least_{INT32_MAX}, most_{INT32_MIN}, highest_{};
  std::size_t frames_{};  ///< in the point that isn't ended yet
};

}  // namespace soundhub::media
