// SPDX-License-Identifier: AGPL-3.0-or-later
#include "flac_decoder.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "flac_encoder.hpp"
#include "support.hpp"

namespace soundhub::media::test {
namespace {

using Samples = std::vector<std::int32_t>;

Bytes encoded(const Samples& samples, std::int32_t channels, unsigned level) {
  Bytes out;
  auto encoder = FlacEncoder::to_memory({.channels = channels, .level = level, .frames = 0, .tags = {}}, out);
  EXPECT_TRUE(encoder && (*encoder)->push(samples) && (*encoder)->finish());
  return out;
}

Result<Samples> decoded(BytesView flac, std::int32_t channels, std::size_t frames) {
  PlanarPcm pcm;
  SH_CHECK(decode_segment(flac, channels, static_cast<std::int32_t>(frames), pcm));
  Samples out;
  for (std::size_t i = 0; i < frames; ++i) {
    out.push_back(static_cast<std::int32_t>(pcm.left[i] * 0x1p23F));
    if (channels == 2) out.push_back(static_cast<std::int32_t>(pcm.right[i] * 0x1p23F));
  }
  return out;
}

/// One of each kind that a FLAC encoder has its own way for.
std::vector<Samples> kinds_of_signal(std::size_t count) {
  std::vector<Samples> out{noise(count),   Samples(count, 0), Samples(count, -1234), Samples(count),
                           Samples(count), Samples(count),    Samples(count)};
  for (std::size_t i = 0; i < count; ++i) {
    const auto sine = std::lround(8e6 * std::sin(0.03 * static_cast<double>(i / 2)));
    out[3][i] = static_cast<std::int32_t>(sine);                                                   // both sides alike
    out[4][i] = static_cast<std::int32_t>(sine / 65'536 * 65'536);                                 // wasted bits
    out[5][i] = i / 2 % 1'000 == 7 ? 8'388'607 : static_cast<std::int32_t>(i % 3);                 // long quotients
    out[6][i] = (i / 4'096) % 2 == 0 ? 8'388'607 - static_cast<std::int32_t>(i % 2) : -8'388'608;  // the extremes
  }
  return out;
}

TEST(FlacDecoder, GivesBackEverySampleOfEveryKindOfStream) {
  for (const std::int32_t channels : {1, 2})
    for (unsigned level = 0; level <= 8; ++level)
      for (std::size_t kind = 0; const auto& samples : kinds_of_signal(20'002)) {
        const auto frames = samples.size() / static_cast<std::size_t>(channels);
        const auto back = decoded(encoded(samples, channels, level), channels, frames);
        EXPECT_TRUE(back && *back == samples) << channels << " channels, level " << level << ", signal " << kind;
        ++kind;
      }
}

TEST(FlacDecoder, GivesBackTheShortestStreams) {
  for (const std::size_t frames : {1, 2, 3, 15, 16, 17, 191, 193, 4'095, 4'097}) {
    const auto samples = noise(2 * frames);
    const auto back = decoded(encoded(samples, 2, 3), 2, frames);
    EXPECT_TRUE(back && *back == samples) << frames;
  }
}

TEST(FlacDecoder, RefusesAFrameWithAnyByteChanged) {
  const auto samples = noise(2 * 300);
  const auto whole = encoded(samples, 2, 3);
  const auto frame = static_cast<std::size_t>(
      std::ranges::search(whole, std::array{std::byte{0xff}, std::byte{0xf8}}).begin() - whole.begin());
  ASSERT_LT(frame, whole.size());
  for (auto at = frame; at < whole.size(); ++at) {
    auto changed = whole;
    changed[at] ^= std::byte{0x10};
    EXPECT_FALSE(decoded(changed, 2, 300)) << at;
  }
}

TEST(FlacDecoder, RefusesAStreamThatIsCutAnywhere) {
  const auto whole = encoded(noise(2 * 300), 2, 3);
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_FALSE(decoded(BytesView{whole}.first(size), 2, 300)) << size;
}

TEST(FlacDecoder, RefusesAnotherLengthOrNumberOfChannels) {
  const auto stereo = encoded(noise(2 * 300), 2, 3);
  EXPECT_FALSE(decoded(stereo, 2, 299));
  EXPECT_FALSE(decoded(stereo, 2, 301));
  EXPECT_FALSE(decoded(stereo, 1, 300));
  EXPECT_TRUE(decoded(stereo, 2, 300));
}

}  // namespace
}  // namespace soundhub::media::test
