// SPDX-License-Identifier: AGPL-3.0-or-later
#include "channel_matrix.hpp"

#include <algorithm>
#include <cmath>

#include "libav.hpp"

namespace soundhub::media {
namespace {

struct Share {
  float left, right;
};

constexpr float minus_3_db = 0.70710678F;

Share share_of(std::uint64_t channel) {
  switch (channel) {
    case AV_CH_FRONT_LEFT:
    case AV_CH_STEREO_LEFT:
    case AV_CH_FRONT_LEFT_OF_CENTER:
      return {.left = 1, .right = 0};
    case AV_CH_FRONT_RIGHT:
    case AV_CH_STEREO_RIGHT:
    case AV_CH_FRONT_RIGHT_OF_CENTER:
      return {.left = 0, .right = 1};
    case AV_CH_FRONT_CENTER:
      return {.left = minus_3_db, .right = minus_3_db};
    case AV_CH_LOW_FREQUENCY:
    case AV_CH_LOW_FREQUENCY_2:
      return {.left = 0, .right = 0};
    case AV_CH_BACK_LEFT:
    case AV_CH_SIDE_LEFT:
    case AV_CH_WIDE_LEFT:
      return {.left = minus_3_db, .right = 0};
    case AV_CH_BACK_RIGHT:
    case AV_CH_SIDE_RIGHT:
    case AV_CH_WIDE_RIGHT:
      return {.left = 0, .right = minus_3_db};
    default:
      return {.left = 0.5F, .right = 0.5F};
  }
}

std::uint64_t usual_mask(int channels) {
  AVChannelLayout layout{};
  av_channel_layout_default(&layout, channels);
  return layout.order == AV_CHANNEL_ORDER_NATIVE ? layout.u.mask : 0;
}

void scale_to_unity(std::array<float, ChannelMatrix::max_channels>& left,
                    std::array<float, ChannelMatrix::max_channels>& right) {
  float left_sum = 0;
  float right_sum = 0;
  for (const auto x : left) left_sum += x;
  for (const auto x : right) right_sum += x;
  const auto most = std::max({left_sum, right_sum, 1.0F});
  for (auto& x : left) x /= most;
  for (auto& x : right) x /= most;
}

}  // namespace

ChannelMatrix::ChannelMatrix(int channels, std::uint64_t mask) : inputs_{channels} {
  if (channels <= 2) return;
  auto rest = mask != 0 ? mask : usual_mask(channels);
  for (std::size_t i = 0; i < static_cast<std::size_t>(channels); ++i) {
    const auto lowest = rest & (~rest + 1);
    rest &= ~lowest;
    const auto share = share_of(lowest);
    left_[i] = share.left;
    right_[i] = share.right;
  }
  scale_to_unity(left_, right_);
}

template <class T>
void ChannelMatrix::append_as(const AVFrame& frame, bool planar, float scale, float bias,
                              std::vector<float>& out) const {
  const auto frames = static_cast<std::size_t>(frame.nb_samples);
  const auto channels = static_cast<std::size_t>(inputs_);
  const auto stride = planar ? std::size_t{1} : channels;
  std::array<const T*, max_channels> in{};
  for (std::size_t c = 0; c < channels; ++c)
    in[c] = planar ? reinterpret_cast<const T*>(frame.extended_data[c])
                   : reinterpret_cast<const T*>(frame.extended_data[0]) + c;
  const auto sample = [&](std::size_t c, std::size_t i) {
    return (static_cast<float>(in[c][i * stride]) - bias) * scale;
  };
  const auto start = out.size();
  out.resize(start + frames * static_cast<std::size_t>(outputs()));
  float* to = out.data() + start;
  if (channels <= 2) {
    for (std::size_t i = 0; i < frames; ++i)
      for (std::size_t c = 0; c < channels; ++c) *to++ = sample(c, i);
    return;
  }
  for (std::size_t i = 0; i < frames; ++i) {
    float left = 0;
    float right = 0;
    for (std::size_t c = 0; c < channels; ++c) {
      const auto x = sample(c, i);
      left += x * left_[c];
      right += x * right_[c];
    }
    *to++ = left;
    *to++ = right;
  }
}

bool ChannelMatrix::append(const AVFrame& frame, std::vector<float>& out) const {
  switch (frame.format) {
    case AV_SAMPLE_FMT_U8:
      return append_as<std::uint8_t>(frame, false, 0x1p-7F, 128, out), true;
    case AV_SAMPLE_FMT_S16:
      return append_as<std::int16_t>(frame, false, 0x1p-15F, 0, out), true;
    case AV_SAMPLE_FMT_S32:
      return append_as<std::int32_t>(frame, false, 0x1p-31F, 0, out), true;
    case AV_SAMPLE_FMT_FLT:
      return append_as<float>(frame, false, 1, 0, out), true;
    case AV_SAMPLE_FMT_DBL:
      return append_as<double>(frame, false, 1, 0, out), true;
    case AV_SAMPLE_FMT_U8P:
      return append_as<std::uint8_t>(frame, true, 0x1p-7F, 128, out), true;
    case AV_SAMPLE_FMT_S16P:
      return append_as<std::int16_t>(frame, true, 0x1p-15F, 0, out), true;
    case AV_SAMPLE_FMT_S32P:
      return append_as<std::int32_t>(frame, true, 0x1p-31F, 0, out), true;
    case AV_SAMPLE_FMT_FLTP:
      return append_as<float>(frame, true, 1, 0, out), true;
    case AV_SAMPLE_FMT_DBLP:
      return append_as<double>(frame, true, 1, 0, out), true;
    default:
      return false;
  }
}

}  // namespace soundhub::media
