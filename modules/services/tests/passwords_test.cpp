// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/services/passwords.hpp"

#include <thread>

#include "mail_fixture.hpp"
#include "soundhub/services/accounts.hpp"

namespace soundhub::services {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

class PasswordsTest : public MailTest {
 protected:
  static constexpr std::string_view old_password = "four brass strings", new_password = "nine nylon strings";
  Result<void> ask(const std::string& email = "mina@example.org", const std::string& address = "192.0.2.1") {
    return passwords_.ask({.email = email, .address = address});
  }
  std::string mailed_token() {
    must(ask());
    must(send_next());
    return after(sender_.sent.back().text, "https://hub.example/password/new#");
  }
  Result<accounts::Account> change(const std::string& token, std::string_view password = new_password) {
    return passwords_.change({.token = token, .password = std::string{password}});
  }
  bool opens(std::string_view password) {
    return accounts_.check_password({.email = "mina@example.org", .password = std::string{password}, .address = "a"})
        .has_value();
  }
  PasswordHasher hasher_{{.operations = 1, .memory_bytes = 8192, .parallel = 2}};
  Accounts accounts_{mail_context(), hasher_};
  Passwords passwords_{mail_context(), hasher_};
  accounts::Account mina_{must(accounts_.sign_up({.email = "mina@example.org",
                                                  .nickname = "mina",
                                                  .password = std::string{old_password},
                                                  .address = "a",
                                                  .language = mails::Language::ko}))};
};

TEST_F(PasswordsTest, TheMailedLinkSetsANewPasswordAndEndsEverySession) {
  const auto session = must(accounts_.open_session(mina_.id, accounts::SessionKind::cookie));
  const auto token = mailed_token();
  EXPECT_EQ(sender_.sent[0].subject, "SoundHub 새 비밀번호") << "in the language of the sign-up";
  EXPECT_EQ(sender_.sent[0].unsubscribe_url, "") << "it isn't a notice";
  EXPECT_EQ(must(change(token)).id, mina_.id);
  EXPECT_TRUE(opens(new_password));
  EXPECT_FALSE(opens(old_password));
  EXPECT_EQ(refusal(accounts_.caller(session.text)), "account.session_ended");
}

TEST_F(PasswordsTest, ALinkWorksOnce) {
  const auto first = mailed_token(), second = mailed_token();
  must(change(first));
  EXPECT_EQ(refusal(change(first, "ten steel strings")), "account.reset_over");
  EXPECT_EQ(refusal(change(second, "ten steel strings")), "account.reset_over") << "the others end with it";
  EXPECT_TRUE(opens(new_password));
}

TEST_F(PasswordsTest, OfTwoWithTheSameLinkAtOnceOneSucceeds) {
  const auto token = mailed_token();
  std::atomic<int> succeeded{};
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i)
      threads.emplace_back([&] {
        if (change(token)) ++succeeded;
      });
  }
  EXPECT_EQ(succeeded, 1);
}

TEST_F(PasswordsTest, ALinkEndsAfterAnHour) {
  const auto token = mailed_token();
  clock_.pass(std::chrono::hours{1});
  EXPECT_EQ(refusal(change(token)), "account.reset_over");
  EXPECT_TRUE(opens(old_password));
}

TEST_F(PasswordsTest, AWeakPasswordIsRefusedAndTheLinkStaysGood) {
  const auto token = mailed_token();
  EXPECT_EQ(refusal(change(token, "short")), "account.password_too_short");
  EXPECT_EQ(refusal(change(token, "mina@example.org")), "account.password_too_easy");
  EXPECT_TRUE(change(token));
}

TEST_F(PasswordsTest, AWrongTokenOpensNothing) {
  mailed_token();
  for (const std::string wrong : {"", "x", "0123456789012345678901234567890123456789012"})
    EXPECT_EQ(refusal(change(wrong)), "account.reset_over");
}

TEST_F(PasswordsTest, AnUnsubscribeLinkIsNoPasswordLink) {
  must(db_->write([&](storage::WriteTx& tx) {
    return storage::mails::insert_token(tx, sha256_hex(as_bytes("token")), mina_.id,
                                        storage::mails::Purpose::unsubscribe, clock_.now() + std::chrono::hours{1});
  }));
  EXPECT_EQ(refusal(change("token")), "account.reset_over");
}

TEST_F(PasswordsTest, NobodyIsToldWhetherThereIsAnAccount) {
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(refusal(ask()), "");
    EXPECT_EQ(refusal(ask("nobody@example.org")), "");
  }
  EXPECT_EQ(refusal(ask()), "account.resets_paused");
  EXPECT_EQ(refusal(ask("nobody@example.org")), "account.resets_paused");
  for (int i = 0; i < 5; ++i) must(send_next());
  EXPECT_FALSE(waits("mail")) << "five for the one, none for the other";
  clock_.pass(std::chrono::hours{1});
  EXPECT_EQ(refusal(ask(" MINA@example.org ")), "");
}

TEST_F(PasswordsTest, OneAddressAsksForSoManyOnly) {
  for (int i = 0; i < 30; ++i) must(ask("somebody" + std::to_string(i) + "@example.org"));
  EXPECT_EQ(refusal(ask("other@example.org")), "account.resets_paused");
  EXPECT_EQ(refusal(ask("other@example.org", "192.0.2.2")), "");
}

TEST_F(PasswordsTest, AMailThatWaitedLongerThanItsLinkLastsIsNotSent) {
  must(ask());
  clock_.pass(std::chrono::hours{1});
  must(send_next());
  EXPECT_THAT(sender_.sent, IsEmpty());
}

TEST_F(PasswordsTest, TheTokenIsNowhereInTheDatabaseButAsAHash) {
  const auto token = mailed_token();
  const auto user = must(db_->read([&](storage::ReadTx& tx) {
    return storage::mails::token_user(tx, token, storage::mails::Purpose::password, clock_.now());
  }));
  EXPECT_FALSE(user) << "it stands for itself only through its hash";
  EXPECT_TRUE(change(token));
}

TEST_F(PasswordsTest, WithoutAMailServerTheKeeperHandsOutTheLink) {
  sends_mail_ = false;
  Passwords without{context(), hasher_};
  EXPECT_EQ(refusal(without.ask({.email = "mina@example.org", .address = "a"})), "account.mail_off");
  EXPECT_EQ(refusal(without.token_for("nobody@example.org")), "account.not_found");
  EXPECT_TRUE(change(must(without.token_for(" Mina@example.org"))));
  EXPECT_TRUE(opens(new_password));
}

TEST_F(PasswordsTest, ANewPasswordEndsThePauseAfterWrongOnes) {
  for (int i = 0; i < 5; ++i) opens("wrong password");
  EXPECT_FALSE(opens(old_password)) << "paused";
  must(change(mailed_token()));
  EXPECT_TRUE(accounts_.check_password(
      {.email = "mina@example.org", .password = std::string{new_password}, .address = "another"}));
}

}  // namespace
}  // namespace soundhub::services
