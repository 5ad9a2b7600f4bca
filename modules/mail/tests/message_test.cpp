// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/mail/message.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "base64.hpp"
#include "header.hpp"
#include "soundhub/base/text.hpp"

namespace soundhub::mail {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Message message() {
  return {.from = "hub@example.org",
          .from_name = "SoundHub",
          .to = "anna@example.org",
          .subject = "Hello",
          .text = "A line\nand another\n",
          .html = "<p>A line</p>",
          .id = "1.2@example.org",
          .date = from_millis(1'795'393'802'000),
          .unsubscribe_url = {}};
}

std::string unbase64(std::string_view digits) {
  constexpr std::string_view order = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  std::uint32_t held = 0;
  int bits = 0;
  for (const char c : digits) {
    const auto value = order.find(c);
    if (value == std::string_view::npos) continue;
    held = held << 6 | static_cast<std::uint32_t>(value);
    if ((bits += 6) >= 8) out += static_cast<char>(held >> (bits -= 8) & 0xff);
  }
  return out;
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const auto end = std::min(text.find("\r\n"), text.size());
    out.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 2, text.size()));
  }
  return out;
}

/// Headers as a mail program reads them: folded lines joined.
std::vector<std::string> headers_of(const std::string& mail) {
  std::vector<std::string> out;
  for (const auto& line : lines_of(mail.substr(0, mail.find("\r\n\r\n")))) {
    if (line.starts_with(' '))
      out.back() += line;
    else
      out.push_back(line);
  }
  return out;
}

/// A header's value with its encoded words decoded (RFC 2047: spaces between two of them aren't text).
std::string decoded(std::string value) {
  std::string out;
  while (!value.empty()) {
    const auto begin = value.find("=?UTF-8?B?");
    const auto gap = value.substr(0, begin);
    if (begin == std::string::npos || gap.find_first_not_of(' ') != std::string::npos) out += gap;
    if (begin == std::string::npos) break;
    const auto end = value.find("?=", begin + 10);
    out += unbase64(value.substr(begin + 10, end - begin - 10));
    value.erase(0, end + 2);
  }
  return out;
}

std::string header(const std::string& mail, const std::string& name) {
  for (const auto& line : headers_of(mail))
    if (line.starts_with(name + ": ")) return line.substr(name.size() + 2);
  return "(none)";
}

/// Anything that UTF-8 can say, controls and line breaks often among it.
std::string some_text(std::mt19937& random, std::size_t longest) {
  const std::vector<std::string> pieces{
      "a",  "Z",  " ",  "\r\n", "\n", "\r", "\t", ":", ".", "=?UTF-8?B?", "?=",
      "\"", "\\", "가", "é",    "🎸",  "<",  ">",  "@", ",", "\x7f",       "Bcc: x@example.org"};
  std::string out;
  for (auto length = random() % longest; out.size() < length;) out += pieces[random() % pieces.size()];
  return out;
}

TEST(Message, SaysWhoWhenAndThatAMachineWroteIt) {
  const auto mail = to_rfc5322(message()).value();
  EXPECT_EQ(header(mail, "From"), "\"SoundHub\" <hub@example.org>");
  EXPECT_EQ(header(mail, "To"), "<anna@example.org>");
  EXPECT_EQ(header(mail, "Date"), "Mon, 23 Nov 2026 00:30:02 +0000");
  EXPECT_EQ(header(mail, "Message-ID"), "<1.2@example.org>");
  EXPECT_EQ(header(mail, "Auto-Submitted"), "auto-generated");
  EXPECT_EQ(header(mail, "List-Unsubscribe"), "(none)");
}

TEST(Message, ANoticeCarriesTheButtonThatTurnsItOff) {
  auto wanted = message();
  wanted.unsubscribe_url = "https://hub.example.org/api/v1/unsubscribe?token=abc";
  const auto mail = to_rfc5322(wanted).value();
  EXPECT_EQ(header(mail, "List-Unsubscribe"), "<https://hub.example.org/api/v1/unsubscribe?token=abc>");
  EXPECT_EQ(header(mail, "List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
}

TEST(Message, BothBodiesComeBackAsTheyWereWrittenWithLineBreaksOfMail) {
  auto wanted = message();
  wanted.text = "첫 줄\n.\nFrom me\n" + std::string(500, 'x');
  const auto mail = to_rfc5322(wanted).value();
  const auto text_at = mail.find("base64\r\n\r\n") + 10, text_end = mail.find("--=_", text_at);
  const auto html_at = mail.find("base64\r\n\r\n", text_end) + 10;
  EXPECT_EQ(unbase64(mail.substr(text_at, text_end - text_at)), "첫 줄\r\n.\r\nFrom me\r\n" + std::string(500, 'x'));
  EXPECT_EQ(unbase64(mail.substr(html_at, mail.find("--=_", html_at) - html_at)), "<p>A line</p>");
}

TEST(Message, WithoutHtmlItIsOnePart) {
  auto wanted = message();
  wanted.html.clear();
  const auto mail = to_rfc5322(wanted).value();
  EXPECT_THAT(mail, Not(HasSubstr("multipart")));
  EXPECT_EQ(unbase64(mail.substr(mail.find("\r\n\r\n"))), "A line\r\nand another\r\n");
}

TEST(Message, WhateverASubjectOrNameHoldsTheHeadersStayTheSameAndTheLinesShort) {
  std::mt19937 random{7};
  const auto names = [](const std::string& mail) {
    std::vector<std::string> out;
    for (const auto& line : headers_of(mail)) out.push_back(line.substr(0, line.find(':')));
    return out;
  };
  const auto usual = names(to_rfc5322(message()).value());
  for (int i = 0; i < 3000; ++i) {
    auto wanted = message();
    wanted.subject = some_text(random, 300);
    wanted.from_name = some_text(random, 100);
    wanted.text = some_text(random, 600);
    const auto mail = to_rfc5322(wanted).value();
    ASSERT_EQ(names(mail), usual) << wanted.subject;
    for (const auto& line : lines_of(mail)) {
      ASSERT_LE(line.size(), 140u) << line;
      for (const char c : line) ASSERT_TRUE(c >= 0x20 && c < 0x7f) << line;
    }
  }
}

TEST(Message, ASubjectIsReadAsItWasMeantButForControls) {
  std::mt19937 random{8};
  for (int i = 0; i < 3000; ++i) {
    auto wanted = message();
    wanted.subject = some_text(random, 200);
    auto meant = std::string{trim(wanted.subject)};
    for (char& c : meant)
      if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
    ASSERT_EQ(decoded(header(to_rfc5322(wanted).value(), "Subject")), meant);
  }
}

TEST(Message, AnAddressThatCouldMakeAHeaderIsRefused) {
  for (const std::string bad : {"", "a@b.c\r\nBcc: x@y.z", "a@b.c>", "a b@c.d", "<a@b.c", "a@b.c\n", "a\x01@b.c"}) {
    auto to = message(), from = message(), id = message(), link = message();
    to.to = from.from = id.id = bad;
    for (const auto* wanted : {&to, &from, &id}) {
      const auto mail = to_rfc5322(*wanted);
      ASSERT_FALSE(mail) << bad;
      EXPECT_EQ(mail.error().code, Errc::invalid);
      EXPECT_EQ(mail.error().key, "mail.address_invalid");
    }
    link.unsubscribe_url = bad;
    EXPECT_EQ(to_rfc5322(link).has_value(), bad.empty()) << bad;
  }
}

TEST(Message, Base64IsThatOfTheStandardsExamples) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foo"), "Zm9v");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
}

}  // namespace
}  // namespace soundhub::mail
