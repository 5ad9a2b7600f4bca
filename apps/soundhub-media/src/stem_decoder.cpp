// SPDX-License-Identifier: AGPL-3.0-or-later
#include "stem_decoder.hpp"

#include "pcm.hpp"

namespace soundhub::media {
namespace {

bool is_stem(const dsp::FlacInfo& info, std::int32_t channels) {
  return info.sample_rate == stem_rate && info.bits == 24 && info.channels == channels;
}

}  // namespace

Result<void> StemDecoder::decode(BytesView flac, std::int32_t channels, std::int32_t frames, PlanarPcm& out) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(flac.data());
  if (!flac_->open(bytes, flac.size()) || !is_stem(flac_->info(), channels))
    return fail(Errc::internal, "render.bad_stem");
  out.left.resize(static_cast<std::size_t>(frames));
  out.right.resize(channels == 2 ? static_cast<std::size_t>(frames) : 0);
  auto* const right = out.right.empty() ? nullptr : out.right.data();
  if (flac_->decode(out.left.data(), right, frames) != frames) return fail(Errc::internal, "render.bad_stem");
  return {};
}

}  // namespace soundhub::media
