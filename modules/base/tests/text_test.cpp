// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/base/text.hpp"

#include <gtest/gtest.h>

namespace soundhub {
namespace {

TEST(Text, OnlyWellFormedUtf8IsText) {
  EXPECT_TRUE(is_utf8("곡 a é 😀"));
  for (const auto* bad : {"\xff", "\xc0\xaf", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe3\x80"})
    EXPECT_FALSE(is_utf8(bad));
}

TEST(Text, CharactersAreCodePoints) {
  EXPECT_EQ(count_characters("한강 밤"), 4u);
  EXPECT_EQ(first_characters("한강 밤", 2), "한강");
  EXPECT_EQ(first_characters("ab", 9), "ab");
}

TEST(Text, TrimmingTakesTheIdeographicSpaceToo) {
  EXPECT_EQ(trim(" \t\u3000한강 밤\u3000\n"), "한강 밤");
  EXPECT_EQ(trim("\u3000 "), "");
}

TEST(Text, AnIntegerHasNothingAroundIt) {
  EXPECT_EQ(parse_integer("-12"), -12);
  for (const auto* bad : {"", " 1", "1 ", "1.0", "0x1", "9223372036854775808"}) EXPECT_FALSE(parse_integer(bad)) << bad;
}

}  // namespace
}  // namespace soundhub
