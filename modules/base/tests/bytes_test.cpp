// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/base/bytes.hpp"

#include <gtest/gtest.h>

#include <random>

#include "soundhub/base/random.hpp"

namespace soundhub {
namespace {

TEST(Bytes, LittleEndianValuesReadBackWhateverTheirSign) {
  Bytes out;
  put_le(out, std::uint32_t{0x01020304});
  put_le(out, std::int64_t{-5'000'000'000});
  put_le(out, -1.5);
  EXPECT_EQ(to_hex(BytesView{out}.first(4)), "04030201");
  LittleEndianReader reader{out};
  EXPECT_EQ(reader.read<std::uint32_t>(), 0x01020304u);
  EXPECT_EQ(reader.read<std::int64_t>(), -5'000'000'000);
  EXPECT_EQ(reader.read_double(), -1.5);
  EXPECT_FALSE(reader.read<std::uint8_t>());
}

TEST(Bytes, AReadThatIsTooLongTakesNothing) {
  const Bytes three(3);
  LittleEndianReader reader{three};
  EXPECT_FALSE(reader.read<std::uint32_t>());
  EXPECT_FALSE(reader.read_bytes(4));
  EXPECT_EQ(reader.rest().size(), 3u);
}

TEST(Bytes, EveryByteStringSurvivesHexAndBase64) {
  std::mt19937 seeded{7};
  for (std::size_t size = 0; size < 70; ++size) {
    Bytes bytes(size);
    for (auto& b : bytes) b = static_cast<std::byte>(seeded() & 0xff);
    EXPECT_EQ(from_hex(to_hex(bytes)), bytes);
    EXPECT_EQ(from_base64(to_base64url(bytes)), bytes);
  }
}

TEST(Bytes, WhatIsNotHexOrBase64IsRefused) {
  EXPECT_FALSE(from_hex("abc"));
  EXPECT_FALSE(from_hex("zz"));
  EXPECT_FALSE(from_base64("a"));
  EXPECT_FALSE(from_base64("ab*d"));
  EXPECT_EQ(as_text(*from_base64("aGVsbG8=")), "hello");
}

TEST(Random, TokensOfThirtyTwoBytesAreFortyThreeCharactersAndDiffer) {
  SystemRandom random;
  const auto a = random_token(random), b = random_token(random);
  EXPECT_EQ(a.size(), 43u);
  EXPECT_NE(a, b);
}

}  // namespace
}  // namespace soundhub
