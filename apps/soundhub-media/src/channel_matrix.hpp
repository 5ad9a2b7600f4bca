// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <array>
#include <cstdint>
#include <vector>

struct AVFrame;

namespace soundhub::media {

/// From any layout of up to 8 channels to mono or stereo: one channel stays mono, two stay as they are, more become
/// stereo as ITU-R BS.775 does it (centre and surrounds at -3 dB to their sides, a back centre at -6 dB to both, no
/// LFE), scaled so that the mix can't clip.
class ChannelMatrix {
 public:
  static constexpr int max_channels = 8;

  ChannelMatrix() = default;
  /// `mask`: libav's channel mask, 0 if the layout is unknown (then the usual one for `channels` is taken).
  ChannelMatrix(int channels, std::uint64_t mask);

  std::int32_t inputs() const { return inputs_; }
  std::int32_t outputs() const { return inputs_ == 1 ? 1 : 2; }
  /// Appends the frame's samples, full scale 1, interleaved.
  /// False if the sample format is unknown.
  bool append(const AVFrame& frame, std::vector<float>& out) const;

 private:
  template <class T>
  void append_as(const AVFrame& frame, bool planar, float scale, float bias, std::vector<float>& out) const;

  int inputs_{};
  std::array<float, max_channels> left_{}, right_{};
};

}  // namespace soundhub::media
