// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <optional>
#include <vector>

#include "channel_matrix.hpp"
#include "libav.hpp"
#include "sniff.hpp"

namespace soundhub::media {

/// One audio file being decoded: mono stays mono, everything else comes out as stereo (ChannelMatrix), at the file's
/// own rate, starting at the take's true first sample.
class AudioInput {
 public:
  struct Facts {
    std::string container, codec;
    std::int32_t sample_rate{}, channels{}, bits{};
  };

  explicit AudioInput(const File& file);

  /// Errors: "take.empty", "take.not_audio", "take.undecodable", "take.unsupported", "take.too_many_channels".
  Result<void> open();
  /// Appends decoded frames to `out`; false at the end.
  Result<bool> read(std::vector<float>& out);

  const Facts& facts() const { return facts_; }
  std::int32_t out_channels() const { return matrix_.outputs(); }
  /// Frames that the file says it holds, at its own rate.
  std::optional<std::int64_t> declared_frames() const { return declared_; }
  /// After the end: the file says that it holds more than could be decoded.
  bool truncated() const;

 private:
  Result<void> open_container();
  Result<void> open_mp4();
  Result<void> measure_mp4();
  Result<void> choose_stream();
  std::optional<std::int64_t> mp4_frames() const;
  std::optional<std::int64_t> header_frames() const;
  Result<void> open_decoder();
  Result<void> find_declared();
  Result<bool> next_packet();
  Result<void> take_facts();
  Result<void> take_frame(std::vector<float>& out);
  ReadAt reader() const;

  const File& file_;
  AvioFile avio_;
  Container container_{};
  Format format_;
  AVStream* stream_{};
  Codec codec_;
  Packet packet_;
  Picture frame_;
  ChannelMatrix matrix_;
  Facts facts_;
  std::optional<std::int64_t> declared_;
  std::int64_t tolerance_{};
  std::int64_t decoded_{};
  std::int64_t refused_packets_{};
  bool cut_{}, draining_{}, started_{};
  bool trimmed_{};  ///< declared_ is to the sample: what the codec's last frame has beyond it is padding
  std::vector<float> first_;
};

}  // namespace soundhub::media
