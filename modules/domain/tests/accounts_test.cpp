// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/domain/accounts.hpp"

#include <gtest/gtest.h>

namespace soundhub::accounts {
namespace {

TEST(Email, IsKeptTrimmedAndLowerCase) {
  EXPECT_EQ(*valid_email(" Anna@Example.ORG "), "anna@example.org");
}

TEST(Email, WhatCantBeAnAddressIsRefused) {
  for (const auto* bad : {"", "a", "@b.c", "a@b", "a@@b.c", "a b@c.d", "a@b.c\r\nBcc: x@y.z", "a@b.", "<a@b.c>"})
    EXPECT_EQ(valid_email(bad).error().key, "account.email_invalid") << bad;
}

TEST(Nickname, AnyScriptIsWelcomeAndSyntaxIsNot) {
  for (const auto* good : {"류성두", "J. Okafor", "maya_lind", "Zoë"}) EXPECT_TRUE(valid_nickname(good)) << good;
  for (const auto* bad : {"a", "", "<b>", "a/b", "a\nb", "\xff\xff", "1234567890123456789012345", "a\u202Eb"})
    EXPECT_FALSE(valid_nickname(bad)) << bad;
}

TEST(Nickname, CaseAndSpacesDontMakeAnotherName) {
  EXPECT_EQ(fold_nickname("Maya Lind"), fold_nickname("mayaLIND "));
  EXPECT_NE(fold_nickname("maya"), fold_nickname("mara"));
}

TEST(Password, ShortLongAndObviousOnesAreRefusedEachWithItsReason) {
  EXPECT_TRUE(valid_password("correct horse", "a@b.c", "anna"));
  EXPECT_EQ(valid_password("short", "", "").error().key, "account.password_too_short");
  EXPECT_EQ(valid_password(std::string(201, 'x') + "y", "", "").error().key, "account.password_too_long");
  EXPECT_EQ(valid_password("aaaaaaaaaaaa", "", "").error().key, "account.password_too_easy");
  EXPECT_EQ(valid_password("Anna@Example.org", "anna@example.org", "x").error().key, "account.password_too_easy");
}

TEST(Login, TheWaitGrowsAfterFiveFailuresAndIsBounded) {
  EXPECT_EQ(login_pause(4), Millis{0});
  EXPECT_EQ(login_pause(5), Millis{1000});
  EXPECT_EQ(login_pause(6), Millis{2000});
  EXPECT_EQ(login_pause(1'000'000), Millis{15 * 60 * 1000});
}

}  // namespace
}  // namespace soundhub::accounts
