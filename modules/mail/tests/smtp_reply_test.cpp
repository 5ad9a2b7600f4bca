// SPDX-License-Identifier: AGPL-3.0-or-later
#include "smtp_reply.hpp"

#include <gtest/gtest.h>

namespace soundhub::mail {
namespace {

std::string key(CURLcode code, long reply, bool body_begun = false) {
  const auto result = result_of({.code = code, .reply = reply, .body_begun = body_begun, .sentence = ""});
  return result ? "" : result.error().key;
}
bool is_final(CURLcode code, long reply, bool body_begun = false) {
  const auto result = result_of({.code = code, .reply = reply, .body_begun = body_begun, .sentence = ""});
  return !result && result.error().code == Errc::invalid;
}

TEST(SmtpReply, ATakenMailIsDone) {
  EXPECT_EQ(key(CURLE_OK, 250, true), "");
}

TEST(SmtpReply, WhatTheServerWillNeverTakeIsGivenUp) {
  for (const long reply : {550L, 551L, 552L, 553L, 554L}) {
    EXPECT_EQ(key(CURLE_SEND_ERROR, reply), "mail.refused") << "an address, " << reply;
    EXPECT_TRUE(is_final(CURLE_SEND_ERROR, reply));
    EXPECT_EQ(key(CURLE_WEIRD_SERVER_REPLY, reply, true), "mail.refused") << "the text, " << reply;
  }
}

TEST(SmtpReply, WhatMayPassIsTriedAgain) {
  EXPECT_EQ(key(CURLE_SEND_ERROR, 450), "mail.deferred");
  EXPECT_EQ(key(CURLE_WEIRD_SERVER_REPLY, 452, true), "mail.deferred");
  EXPECT_EQ(key(CURLE_WEIRD_SERVER_REPLY, 554), "mail.deferred") << "the greeting: it takes nobody's mail just now";
  EXPECT_EQ(key(CURLE_COULDNT_CONNECT, 0), "mail.unreachable");
  EXPECT_EQ(key(CURLE_COULDNT_RESOLVE_HOST, 0), "mail.unreachable");
  EXPECT_EQ(key(CURLE_OPERATION_TIMEDOUT, 354, true), "mail.unreachable");
  EXPECT_EQ(key(CURLE_RECV_ERROR, 250, true), "mail.unreachable");
  for (const long reply : {0L, 421L, 450L, 454L}) EXPECT_FALSE(is_final(CURLE_SEND_ERROR, reply)) << reply;
}

TEST(SmtpReply, WhatTheKeeperHasToMendLosesNoMail) {
  for (const long reply : {530L, 534L, 535L, 538L}) {
    EXPECT_EQ(key(CURLE_SEND_ERROR, reply), "mail.login_refused");
    EXPECT_FALSE(is_final(CURLE_SEND_ERROR, reply));
  }
  EXPECT_EQ(key(CURLE_LOGIN_DENIED, 535), "mail.login_refused");
  EXPECT_EQ(key(CURLE_PEER_FAILED_VERIFICATION, 220), "mail.untrusted");
  EXPECT_EQ(key(CURLE_USE_SSL_FAILED, 502), "mail.untrusted") << "no STARTTLS there";
}

}  // namespace
}  // namespace soundhub::mail
