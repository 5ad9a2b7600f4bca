// SPDX-License-Identifier: AGPL-3.0-or-later
#include "stem_feed.hpp"

#include <algorithm>
#include <utility>

#include "pcm.hpp"

namespace soundhub::media {
namespace {

static_assert(dsp::segment_frames == segment_frames);

bool audible(const RenderChannel& channel, bool any_soloed) {
  return !channel.muted && channel.gain_db > -90 && (!any_soloed || channel.soloed);
}

/// Of segments that start together those of earlier channels first.
std::vector<StemSegment> plan_of(const RenderRequest& request) {
  const bool any_soloed = std::ranges::any_of(request.channels, &RenderChannel::soloed);
  std::vector<StemSegment> plan;
  for (std::uint32_t channel = 0; channel < request.channels.size(); ++channel) {
    const auto& strip = request.channels[channel];
    if (!audible(strip, any_soloed)) continue;
    for (std::uint32_t index = 0; index * segment_frames < strip.frames; ++index) {
      const auto start = strip.offset_frames + index * segment_frames;
      if (start + segment_frames > 0) plan.push_back({.channel = channel, .index = index, .start = start});
    }
  }
  std::ranges::stable_sort(plan, {}, &StemSegment::start);
  return plan;
}

}  // namespace

StemFeed::StemFeed(const RenderRequest& request, dsp::Engine& engine, Wire& wire)
    : request_{request}, engine_{engine}, plan_{plan_of(request)}, fetcher_{plan_, wire} {}

Result<void> StemFeed::fill(std::int64_t frames) {
  let_go_of_past();
  for (; next_ < plan_.size() && plan_[next_].start < engine_.position() + frames; ++next_)
    SH_CHECK(give(plan_[next_]));
  return {};
}

void StemFeed::let_go_of_past() {
  const auto past = std::ranges::partition(held_, [&](const Held& held) { return held.end > engine_.position(); });
  for (auto& held : past) spare_.push_back(std::move(held.pcm));
  held_.erase(past.begin(), past.end());
}

Result<void> StemFeed::give(const StemSegment& segment) {
  const auto channel = static_cast<int>(segment.channel);
  const auto frames = engine_.segment_length(channel, segment.index);
  const auto where = [&] {
    return "channel " + std::to_string(segment.channel) + " segment " + std::to_string(segment.index);
  };
  SH_CHECK(fetcher_.next(flac_));
  auto& pcm = held_.emplace_back(Held{.end = segment.start + frames, .pcm = take_spare()}).pcm;
  auto decoded = decoder_.decode(flac_, request_.channels[segment.channel].stem_channels, frames, pcm);
  if (!decoded) {
    decoded.error().detail = where();
    return decoded;
  }
  const auto* right = pcm.right.empty() ? nullptr : pcm.right.data();
  if (!engine_.give(channel, segment.index, pcm.left.data(), right, frames))
    return fail(Errc::internal, "render.engine", where() + " was refused");
  return {};
}

PlanarPcm StemFeed::take_spare() {
  if (spare_.empty()) return {};
  auto pcm = std::move(spare_.back());
  spare_.pop_back();
  return pcm;
}

}  // namespace soundhub::media
