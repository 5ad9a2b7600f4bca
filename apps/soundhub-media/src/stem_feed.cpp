// SPDX-License-Identifier: AGPL-3.0-or-later
#include "stem_feed.hpp"

#include <algorithm>
#include <utility>

namespace soundhub::media {
namespace {

static_assert(dsp::segment_frames == 240'000);

/// More than 24-bit stereo without any compression and every header there is.
constexpr std::size_t most_segment_bytes = 2 * 3 * dsp::segment_frames + (std::size_t{1} << 16);

}  // namespace

StemFeed::StemFeed(const RenderRequest& request, dsp::Engine& engine, Wire& wire)
    : request_{request},
      engine_{engine},
      wire_{wire},
      any_soloed_{std::ranges::any_of(request.channels, &RenderChannel::soloed)},
      slots_(request.channels.size()) {}

bool StemFeed::audible(const RenderChannel& channel) const {
  return !channel.muted && channel.gain_db > -90 && (!any_soloed_ || channel.soloed);
}

Result<void> StemFeed::fill(std::int64_t frames) {
  for (std::size_t channel = 0; channel < slots_.size(); ++channel)
    for (const int slot : {0, 1}) SH_CHECK(fill_slot(channel, slot, frames));
  return {};
}

Result<void> StemFeed::fill_slot(std::size_t channel, int slot, std::int64_t frames) {
  const auto at = static_cast<int>(channel);
  const auto segment = engine_.wanted(at, slot);
  if (segment < 0) return {};
  auto& pcm = slots_[channel][static_cast<std::size_t>(slot)];
  const auto start = request_.channels[channel].offset_frames + segment * dsp::segment_frames;
  if (start >= engine_.position() + frames) {
    // The engine is done with what the slot held and not yet in need of what it wants.
    if (!pcm.left.empty()) spare_.push_back(std::exchange(pcm, {}));
    return {};
  }
  if (pcm.left.empty()) pcm = take_spare();
  SH_CHECK(load(channel, segment, pcm));
  const auto* right = pcm.right.empty() ? nullptr : pcm.right.data();
  if (!engine_.give(at, segment, pcm.left.data(), right, engine_.segment_length(at, segment)))
    return fail(Errc::internal, "render.engine", "a wanted segment was refused");
  return {};
}

PlanarPcm StemFeed::take_spare() {
  if (spare_.empty()) return {};
  auto pcm = std::move(spare_.back());
  spare_.pop_back();
  return pcm;
}

Result<void> StemFeed::load(std::size_t channel, std::int64_t segment, PlanarPcm& out) {
  const auto& strip = request_.channels[channel];
  const auto frames = engine_.segment_length(static_cast<int>(channel), segment);
  if (!audible(strip)) {
    out.left.assign(static_cast<std::size_t>(frames), 0);
    out.right.assign(strip.stem_channels == 2 ? static_cast<std::size_t>(frames) : 0, 0);
    return {};
  }
  SH_CHECK(fetch(channel, segment));
  auto decoded = decoder_.decode(flac_, strip.stem_channels, frames, out);
  if (!decoded) decoded.error().detail = "channel " + std::to_string(channel) + " segment " + std::to_string(segment);
  return decoded;
}

Result<void> StemFeed::fetch(std::size_t channel, std::int64_t segment) {
  flac_.clear();
  SH_CHECK(wire_.send(
      NeedStem{.channel = static_cast<std::uint32_t>(channel), .segment = static_cast<std::uint32_t>(segment)}));
  for (;;) {
    SH_TRY(const auto message, wire_.receive());
    if (std::holds_alternative<StemEnd>(message)) return {};
    const auto* part = std::get_if<StemBytes>(&message);
    if (part == nullptr) return fail(Errc::internal, "media.protocol", "no stem");
    if (flac_.size() + part->bytes.size() > most_segment_bytes)
      return fail(Errc::internal, "render.bad_stem", "too long");
    flac_.insert(flac_.end(), part->bytes.begin(), part->bytes.end());
  }
}

}  // namespace soundhub::media
