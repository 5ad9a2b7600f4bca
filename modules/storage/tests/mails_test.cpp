// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/storage/mails.hpp"

#include "fixture.hpp"

namespace soundhub::storage {
namespace {

using mails::Purpose;
using soundhub::mails::Kind;
using soundhub::mails::Language;

class MailsTest : public RepositoryTest {
 protected:
  mails::MailId mail(Time at, Kind kind = Kind::part_offered) {
    return write([&](WriteTx& tx) {
             return mails::insert(tx, {.id = {},
                                       .user = anna_,
                                       .kind = kind,
                                       .part = PartId{7},
                                       .release = {},
                                       .created_at = at,
                                       .sent_at = {}});
           })
        .value();
  }
  std::optional<mails::Mail> find(mails::MailId id) {
    return read([&](ReadTx& tx) { return mails::get(tx, id); });
  }
  std::optional<UserId> owner(std::string_view hash, Purpose purpose, Time now) {
    return read([&](ReadTx& tx) { return mails::token_user(tx, hash, purpose, now); });
  }
  UserId anna_{user("anna")};
};

TEST_F(MailsTest, AMailComesBackAsItWasQueued) {
  const auto id = mail(noon, Kind::part_declined);
  const auto found = find(id);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->user, anna_);
  EXPECT_EQ(found->kind, Kind::part_declined);
  EXPECT_EQ(found->part, PartId{7});
  EXPECT_EQ(found->release, std::nullopt);
  EXPECT_EQ(found->created_at, noon);
  EXPECT_EQ(found->sent_at, std::nullopt);
  write([&](WriteTx& tx) { return mails::set_sent(tx, id, later(5)); });
  EXPECT_EQ(find(id)->sent_at, later(5));
  EXPECT_EQ(refusal([](WriteTx& tx) { return mails::set_sent(tx, mails::MailId{99}, noon); }), "mail.not_found");
}

TEST_F(MailsTest, OldOnesAreForgottenAFewAtATime) {
  const auto first = mail(noon), second = mail(later(1)), third = mail(later(2));
  EXPECT_EQ(write([](WriteTx& tx) { return mails::remove_before(tx, later(2), 1); }), 1);
  EXPECT_FALSE(find(first));
  EXPECT_TRUE(find(second));
  EXPECT_EQ(write([](WriteTx& tx) { return mails::remove_before(tx, later(2), 10); }), 1);
  EXPECT_TRUE(find(third));
}

TEST_F(MailsTest, WhoHasNeverSaidGetsNoticesInEnglish) {
  const auto choice = [&] { return read([&](ReadTx& tx) { return mails::choice(tx, anna_); }); };
  EXPECT_EQ(choice().language, Language::en);
  EXPECT_TRUE(choice().notices);
  write([&](WriteTx& tx) { return mails::set_choice(tx, anna_, {.language = Language::ko, .notices = true}); });
  write([&](WriteTx& tx) { return mails::set_choice(tx, anna_, {.language = Language::ko, .notices = false}); });
  EXPECT_EQ(choice().language, Language::ko);
  EXPECT_FALSE(choice().notices);
}

TEST_F(MailsTest, ATokenIsGoodForItsPurposeUntilItExpires) {
  write([&](WriteTx& tx) { return mails::insert_token(tx, "h1", anna_, Purpose::password, later(10)); });
  EXPECT_EQ(owner("h1", Purpose::password, later(9)), anna_);
  EXPECT_EQ(owner("h1", Purpose::password, later(10)), std::nullopt);
  EXPECT_EQ(owner("h1", Purpose::unsubscribe, noon), std::nullopt);
  EXPECT_EQ(owner("h2", Purpose::password, noon), std::nullopt);
}

TEST_F(MailsTest, TokensGoTogetherOrWhenTheirTimeIsOver) {
  write([&](WriteTx& tx) -> Result<void> {
    SH_CHECK(mails::insert_token(tx, "h1", anna_, Purpose::password, later(10)));
    SH_CHECK(mails::insert_token(tx, "h2", anna_, Purpose::password, later(10)));
    SH_CHECK(mails::insert_token(tx, "h3", anna_, Purpose::unsubscribe, later(5)));
    return mails::insert_token(tx, "h4", anna_, Purpose::unsubscribe, later(10));
  });
  write([&](WriteTx& tx) { return mails::delete_tokens(tx, anna_, Purpose::password); });
  EXPECT_FALSE(owner("h1", Purpose::password, noon));
  EXPECT_FALSE(owner("h2", Purpose::password, noon));
  write([&](WriteTx& tx) { return mails::delete_expired_tokens(tx, later(5)); });
  EXPECT_FALSE(owner("h3", Purpose::unsubscribe, noon));
  EXPECT_TRUE(owner("h4", Purpose::unsubscribe, noon));
}

}  // namespace
}  // namespace soundhub::storage
