// SPDX-License-Identifier: AGPL-3.0-or-later
#include "letters.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "soundhub/base/text.hpp"

namespace soundhub::services::letters {
namespace {

using mails::Kind;
using mails::Language;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::array kinds{Kind::password_reset, Kind::part_offered, Kind::part_accepted, Kind::part_declined,
                           Kind::release_out};

Facts facts(const std::string& song = "Riff") {
  return {.reader = "mina",
          .other = "joon",
          .song = song,
          .instrument = songs::Instrument::drums,
          .release_number = 3,
          .link = "https://hub.example/songs/7",
          .off_link = "https://hub.example/unsubscribe#abc"};
}

TEST(Letters, EachSaysItsLinkInBothFormsAndLeavesNoPlaceEmpty) {
  for (const auto kind : kinds)
    for (const auto language : {Language::en, Language::ko}) {
      const auto letter = compose(kind, language, facts());
      for (const auto* body : {&letter.text, &letter.html}) {
        EXPECT_THAT(*body, HasSubstr("https://hub.example/songs/7"));
        EXPECT_THAT(*body, HasSubstr("https://hub.example/unsubscribe#abc"));
        EXPECT_THAT(*body, HasSubstr("mina"));
        EXPECT_THAT(*body, Not(HasSubstr("{")));
        EXPECT_TRUE(is_utf8(*body));
      }
      EXPECT_FALSE(letter.subject.empty());
      EXPECT_THAT(letter.subject, Not(HasSubstr("{")));
    }
}

TEST(Letters, SpeakTheReadersLanguage) {
  EXPECT_EQ(compose(Kind::part_offered, Language::en, facts()).subject, "joon offered drums for “Riff”");
  EXPECT_EQ(compose(Kind::part_offered, Language::ko, facts()).subject, "joon 님이 「Riff」에 드럼 파트를 제안했어요");
  EXPECT_THAT(compose(Kind::release_out, Language::ko, facts()).text, HasSubstr("릴리스(3번)"));
}

TEST(Letters, ATitleIsTextAndNeitherMarkupNorAPlace) {
  const auto letter = compose(Kind::part_accepted, Language::en, facts("<b>{reader}</b> & \"more\""));
  EXPECT_THAT(letter.html, HasSubstr("&lt;b&gt;{reader}&lt;/b&gt; &amp; &quot;more&quot;"));
  EXPECT_THAT(letter.html, Not(HasSubstr("<b>")));
  EXPECT_THAT(letter.subject, HasSubstr("<b>{reader}</b>"));
}

TEST(Letters, WhatCantBeTurnedOffDoesntSaySo) {
  auto plain = facts();
  plain.off_link.clear();
  const auto letter = compose(Kind::password_reset, Language::en, plain);
  EXPECT_THAT(letter.text, Not(HasSubstr("Turn such mails off")));
  EXPECT_THAT(letter.html, Not(HasSubstr("Turn such mails off")));
}

}  // namespace
}  // namespace soundhub::services::letters
