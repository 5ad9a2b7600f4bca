// SPDX-License-Identifier: AGPL-3.0-or-later
#include "smtp_url.hpp"

#include <gtest/gtest.h>

#include "soundhub/mail/smtp.hpp"

namespace soundhub::mail {
namespace {

TEST(SmtpUrl, KnowsTheUsualPorts) {
  EXPECT_EQ(parse_smtp_url("smtp://mail.example.org")->url, "smtp://mail.example.org:587");
  EXPECT_EQ(parse_smtp_url("smtps://mail.example.org/")->url, "smtps://mail.example.org:465");
  EXPECT_EQ(parse_smtp_url("smtp://[::1]:2525")->url, "smtp://[::1]:2525");
  EXPECT_FALSE(parse_smtp_url("smtp://mail.example.org:25")->clear);
}

TEST(SmtpUrl, OnlyTheWholeOptionGivesUpEncryption) {
  const auto clear = parse_smtp_url("smtp://127.0.0.1:25?starttls=never").value();
  EXPECT_EQ(clear.url, "smtp://127.0.0.1:25");
  EXPECT_TRUE(clear.clear);
  for (const std::string wrong :
       {"smtp://h?starttls=maybe", "smtp://h?starttls", "smtps://h?starttls=never", "smtp://h?starttls=never&x=1"})
    EXPECT_FALSE(parse_smtp_url(wrong)) << wrong;
}

TEST(SmtpUrl, RefusesWhatIsNoHostAndPort) {
  for (const std::string wrong : {"", "smtp", "http://h", "smtp://", "smtp://:25", "smtp://user:secret@h", "smtp://h:0",
                                  "smtp://h:65536", "smtp://h:x", "smtp://h/path", "smtp://h\r\nRSET", "smtp://h h"}) {
    const auto parsed = parse_smtp_url(wrong);
    ASSERT_FALSE(parsed) << wrong;
    EXPECT_EQ(parsed.error().key, "config");
    EXPECT_EQ(parsed.error().detail.find("secret"), std::string::npos) << "a password has no place in a message";
  }
}

TEST(SmtpUrl, APasswordNeverGoesInTheClear) {
  EXPECT_FALSE(Smtp::open({.url = "smtp://h?starttls=never", .user = "hub", .password = "secret", .ca_file = {}}));
  EXPECT_TRUE(Smtp::open({.url = "smtp://h", .user = "hub", .password = "secret", .ca_file = {}}));
  EXPECT_TRUE(Smtp::open({.url = "smtp://h?starttls=never", .user = {}, .password = {}, .ca_file = {}}));
}

TEST(SmtpUrl, NobodyThereIsUnreachableAndMayBeTriedAgain) {
  const auto smtp = Smtp::open({.url = "smtp://127.0.0.1:1", .user = {}, .password = {}, .ca_file = {}}).value();
  const auto sent = smtp->send({.from = "a@b.c", .to = "d@e.f", .id = "1@b.c"}, {});
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().key, "mail.unreachable");
  EXPECT_EQ(sent.error().code, Errc::unavailable);
}

}  // namespace
}  // namespace soundhub::mail
