// SPDX-License-Identifier: AGPL-3.0-or-later
#include "peaks.hpp"

#include <algorithm>
#include <cstdlib>

namespace soundhub::media {
namespace {

std::int8_t top_8_bits(std::int32_t sample) {
  return static_cast<std::int8_t>(sample / (1 << 16));
}

}  // namespace

void Peaks::push(const PcmBlock& block) {
  const auto channels = static_cast<std::size_t>(block.channels);
  auto rest = block.samples;
  while (!rest.empty()) {
    const auto take = std::min(rest.size(), (samples_per_pixel[0] - frames_) * channels);
    auto least = least_;
    auto most = most_;
    for (const auto x : rest.first(take)) {
      least = std::min(least, x);
      most = std::max(most, x);
    }
    least_ = least;
    most_ = most;
    frames_ += take / channels;
    rest = rest.subspan(take);
    if (frames_ == samples_per_pixel[0]) end_point();
  }
}

void Peaks::end_point() {
  levels_[0].push_back({.least = top_8_bits(least_), .most = top_8_bits(most_)});
  highest_ = std::max({highest_, most_, std::abs(least_)});
  least_ = INT32_MAX;
  most_ = INT32_MIN;
  frames_ = 0;
}

std::vector<Peaks::Point> Peaks::merged(const std::vector<Point>& points, std::size_t count) {
  std::vector<Point> out;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (i % count == 0) out.push_back(points[i]);
    out.back().least = std::min(out.back().least, points[i].least);
    out.back().most = std::max(out.back().most, points[i].most);
  }
  return out;
}

void Peaks::finish() {
  if (frames_ > 0) end_point();
  for (std::size_t level = 1; level < levels_.size(); ++level)
    levels_[level] = merged(levels_[level - 1], samples_per_pixel[level] / samples_per_pixel[level - 1]);
}

Bytes Peaks::file(std::size_t level) const {
  constexpr std::uint32_t eight_bit = 1;
  Bytes out;
  put_le(out, std::int32_t{2});
  put_le(out, eight_bit);
  put_le(out, stem_rate);
  put_le(out, static_cast<std::int32_t>(samples_per_pixel[level]));
  put_le(out, static_cast<std::uint32_t>(levels_[level].size()));
  put_le(out, std::int32_t{1});
  for (const auto& point : levels_[level]) {
    put_le(out, point.least);
    put_le(out, point.most);
  }
  return out;
}

}  // namespace soundhub::media
