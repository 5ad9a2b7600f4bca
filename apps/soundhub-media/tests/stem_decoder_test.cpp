// SPDX-License-Identifier: AGPL-3.0-or-later
#include "stem_decoder.hpp"

#include <gtest/gtest.h>

#include "flac_encoder.hpp"
#include "support.hpp"

// How FLAC is decoded, and what of it is refused, is tested in modules/dsp/tests/flac_test.cpp.

namespace soundhub::media::test {
namespace {

using Samples = std::vector<std::int32_t>;

Bytes encoded(const Samples& samples, std::int32_t channels) {
  Bytes out;
  auto encoder = FlacEncoder::to_memory({.channels = channels, .level = 3, .frames = 0, .tags = {}}, out);
  EXPECT_TRUE(encoder && (*encoder)->push(samples) && (*encoder)->finish());
  return out;
}

Result<Samples> decoded(BytesView flac, std::int32_t channels, std::size_t frames) {
  PlanarPcm pcm;
  SH_CHECK(StemDecoder{}.decode(flac, channels, static_cast<std::int32_t>(frames), pcm));
  Samples out;
  for (std::size_t i = 0; i < frames; ++i) {
    out.push_back(static_cast<std::int32_t>(pcm.left[i] * 0x1p23F));
    if (channels == 2) out.push_back(static_cast<std::int32_t>(pcm.right[i] * 0x1p23F));
  }
  return out;
}

/// The file says that it has another sample rate or size; its checksums aren't looked at so early.
Bytes with_info_byte(Bytes flac, std::size_t at, std::uint8_t bits) {
  flac.at(8 + at) ^= std::byte{bits};
  return flac;
}

TEST(StemDecoder, GivesBackEverySampleOfASegment) {
  for (const std::int32_t channels : {1, 2}) {
    const auto samples = noise(static_cast<std::size_t>(channels) * 240'000);
    const auto back = decoded(encoded(samples, channels), channels, 240'000);
    EXPECT_TRUE(back && *back == samples) << channels;
  }
}

TEST(StemDecoder, DecodesIntoMemoryThatHeldAnotherSegment) {
  StemDecoder decoder;
  PlanarPcm pcm;
  ASSERT_TRUE(decoder.decode(encoded(noise(2 * 5'000), 2), 2, 5'000, pcm));
  const auto mono = noise(300, 2);
  ASSERT_TRUE(decoder.decode(encoded(mono, 1), 1, 300, pcm));
  EXPECT_EQ(pcm.left.size(), 300U);
  EXPECT_TRUE(pcm.right.empty());
  EXPECT_EQ(static_cast<std::int32_t>(pcm.left[299] * 0x1p23F), mono[299]);
}

TEST(StemDecoder, RefusesAnotherLengthOrNumberOfChannels) {
  const auto stereo = encoded(noise(2 * 300), 2);
  EXPECT_FALSE(decoded(stereo, 2, 299));
  EXPECT_FALSE(decoded(stereo, 2, 301));
  EXPECT_FALSE(decoded(stereo, 1, 300));
  EXPECT_TRUE(decoded(stereo, 2, 300));
}

TEST(StemDecoder, RefusesAnotherSampleRateOrSize) {
  const auto stereo = encoded(noise(2 * 300), 2);
  EXPECT_FALSE(decoded(with_info_byte(stereo, 10, 0x01), 2, 300));
  EXPECT_FALSE(decoded(with_info_byte(stereo, 13, 0x10), 2, 300));
}

TEST(StemDecoder, RefusesDamage) {
  auto stereo = encoded(noise(2 * 300), 2);
  stereo[stereo.size() / 2] ^= std::byte{1};
  const auto result = decoded(stereo, 2, 300);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().key, "render.bad_stem");
}

}  // namespace
}  // namespace soundhub::media::test
