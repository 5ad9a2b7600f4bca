// SPDX-License-Identifier: AGPL-3.0-or-later
#include "mail_fixture.hpp"

namespace soundhub::services {
namespace {

using mails::Language;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class MailingTest : public MailTest {
 protected:
  PartView offer() {
    auto offered =
        must(offers_.offer(joon_, song_, {.instrument = songs::Instrument::drums, .upload_id = upload(joon_)}));
    must(run_job("ingest"));
    return offered;
  }
  /// joon's part is in the song, and no mail waits.
  PartView joined() {
    const auto offered = offer();
    must(send_next());
    must(offers_.accept(mina_, offered.part.id));
    must(send_next());
    sender_.sent.clear();
    return offered;
  }
  UserId mina_{user("mina")}, joon_{user("joon")};
  SongId song_{song(mina_)};
};

TEST_F(MailingTest, TheOwnerHearsOfAnOfferInTheirLanguageOnceThereIsSomethingToHear) {
  speaks(mina_, Language::ko);
  must(offers_.offer(joon_, song_, {.instrument = songs::Instrument::drums, .upload_id = upload(joon_)}));
  EXPECT_FALSE(waits("mail"));
  must(run_job("ingest"));
  must(send_next());
  ASSERT_THAT(sender_.sent, SizeIs(1));
  const auto& sent = sender_.sent[0];
  EXPECT_EQ(sent.to, "mina@example.org");
  EXPECT_EQ(sent.from, "hub@hub.example");
  EXPECT_EQ(sent.subject, "joon 님이 「Riff」에 드럼 파트를 제안했어요");
  EXPECT_THAT(sent.text, HasSubstr("https://hub.example/songs/" + std::to_string(song_.value)));
  EXPECT_THAT(sent.unsubscribe_url, HasSubstr("https://hub.example/api/v1/unsubscribe?token="));
  EXPECT_FALSE(waits("mail"));
}

TEST_F(MailingTest, TheOwnersOwnPartIsNoNews) {
  must(offers_.offer(mina_, song_, {.instrument = songs::Instrument::bass, .upload_id = upload(mina_)}));
  must(run_job("ingest"));
  EXPECT_FALSE(waits("mail"));
}

TEST_F(MailingTest, TheAuthorHearsWhatBecameOfTheOffer) {
  const auto offered = offer();
  must(send_next());
  must(offers_.decline(mina_, offered.part.id));
  must(send_next());
  must(offers_.accept(mina_, offered.part.id));
  must(send_next());
  ASSERT_THAT(sender_.sent, SizeIs(3));
  EXPECT_EQ(sender_.sent[1].to, "joon@example.org");
  EXPECT_EQ(sender_.sent[1].subject, "About your drums for “Riff”");
  EXPECT_EQ(sender_.sent[2].subject, "“Riff” has your drums now");
}

TEST_F(MailingTest, AReleaseIsToldOnceToEachOfTheOthersInIt) {
  const auto first = joined(), second = joined();
  const auto mixed = mix(mina_, song_, {channel(first_part(song_, mina_)), channel(first), channel(second)});
  must(releases_with_mail_.release(mina_, song_, mixed.id, ""));
  EXPECT_FALSE(waits("mail")) << "it isn't out yet";
  must(run_job("render"));
  must(send_next());
  EXPECT_FALSE(waits("mail"));
  ASSERT_THAT(sender_.sent, SizeIs(1));
  EXPECT_EQ(sender_.sent[0].to, "joon@example.org");
  EXPECT_EQ(sender_.sent[0].subject, "“Riff” is out, and you play in it");
  must(releases_with_mail_.release(mina_, song_, mixed.id, "again"));
  EXPECT_TRUE(waits("mail")) << "a release that shares its files is out at once";
}

TEST_F(MailingTest, WithoutAMailServerNothingIsQueued) {
  sends_mail_ = false;
  must(parts_.offer(joon_, song_, {.instrument = songs::Instrument::drums, .upload_id = upload(joon_)}));
  must(run_job("ingest"));
  EXPECT_FALSE(waits("mail"));
}

TEST_F(MailingTest, WhoWantsNoNoticesGetsNone) {
  speaks(mina_, Language::en, false);
  offer();
  EXPECT_FALSE(waits("mail"));
}

TEST_F(MailingTest, ANoticeTurnedOffWhileItWaitedIsNotSent) {
  offer();
  speaks(mina_, Language::en, false);
  must(send_next());
  EXPECT_THAT(sender_.sent, IsEmpty());
  EXPECT_FALSE(waits("mail"));
}

TEST_F(MailingTest, AnOfferDecidedOnWhileItWaitedIsNoNews) {
  const auto offered = offer();
  must(offers_.withdraw(joon_, offered.part.id));
  must(send_next());
  EXPECT_THAT(sender_.sent, IsEmpty());
}

TEST_F(MailingTest, ALinkInTheMailTurnsNoticesOffAndKeepsTheLanguage) {
  speaks(mina_, Language::ko);
  offer();
  must(send_next());
  const auto token = after(sender_.sent[0].text, "/unsubscribe#");
  EXPECT_EQ(sender_.sent[0].unsubscribe_url, "https://hub.example/api/v1/unsubscribe?token=" + token);
  EXPECT_EQ(refusal(choices_.turn_off(token + "x")), "mail.link_over");
  must(choices_.turn_off(token));
  must(choices_.turn_off(token));
  EXPECT_FALSE(must(choices_.get(mina_)).notices);
  EXPECT_EQ(must(choices_.get(mina_)).language, Language::ko);
  clock_.pass(std::chrono::days{181});
  EXPECT_EQ(refusal(choices_.turn_off(token)), "mail.link_over");
}

TEST_F(MailingTest, AFailedTryLeavesTheMailForTheNextUnderTheSameMessageId) {
  offer();
  const auto job = lease("mail");
  Mailing mailing{mail_context(), sender_, {.public_url = "https://hub.example", .from = "hub@hub.example"}};
  sender_.error = Error{Errc::unavailable, "mail.unreachable", ""};
  EXPECT_EQ(refusal(mailing.run(mails::MailId{job.subject}, work(job))), "mail.unreachable");
  sender_.error.reset();
  must(mailing.run(mails::MailId{job.subject}, work(job)));
  ASSERT_THAT(sender_.sent, SizeIs(1));
  EXPECT_THAT(sender_.sent[0].id, ::testing::MatchesRegex("[0-9]+\\.[0-9]+@hub.example"));
}

TEST_F(MailingTest, AMailThatWasSentIsNotSentAgainByALateRunner) {
  offer();
  const auto job = lease("mail");
  Mailing mailing{mail_context(), sender_, {.public_url = "https://hub.example", .from = "hub@hub.example"}};
  must(mailing.run(mails::MailId{job.subject}, work(job)));
  EXPECT_EQ(refusal(mailing.run(mails::MailId{job.subject}, work(job))), "job.lease_lost");
  EXPECT_THAT(sender_.sent, SizeIs(1));
}

TEST_F(MailingTest, OldMailsAndLinksAreSwept) {
  offer();
  must(send_next());
  Housekeeping housekeeping{context()};
  const auto there = [&] {
    return must(db_->read([](storage::ReadTx& tx) { return storage::mails::get(tx, mails::MailId{1}); })).has_value();
  };
  must(housekeeping.run());
  EXPECT_TRUE(there());
  clock_.pass(std::chrono::days{31});
  must(housekeeping.run());
  EXPECT_FALSE(there());
}

}  // namespace
}  // namespace soundhub::services
