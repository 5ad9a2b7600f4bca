// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/services/accounts.hpp"

#include <thread>

#include "fixture.hpp"
#include "soundhub/services/password_hasher.hpp"

namespace soundhub::services {
namespace {

using accounts::SessionKind;

class AccountsTest : public ServicesTest {
 protected:
  static constexpr std::string_view password = "four brass strings";
  accounts::Account sign_up(const std::string& name = "mina") {
    return must(
        accounts_.sign_up({.email = name + "@example.org", .nickname = name, .password = std::string{password}}));
  }
  Result<accounts::Account> log_in(std::string_view with, const std::string& address = "192.0.2.1",
                                   const std::string& name = "mina") {
    return accounts_.check_password(
        {.email = name + "@example.org", .password = std::string{with}, .address = address});
  }
  PasswordHasher hasher_{{.operations = 1, .memory_bytes = 8192, .parallel = 2}};
  Accounts accounts_{context(), hasher_};
};

TEST_F(AccountsTest, WrongPasswordAndUnknownAccountSoundAlike) {
  sign_up();
  const auto wrong = log_in("wrong password"), unknown = log_in(password, "192.0.2.1", "nobody");
  EXPECT_EQ(refusal(wrong), "account.login_wrong");
  EXPECT_EQ(refusal(unknown), "account.login_wrong");
  EXPECT_EQ(wrong.error().code, unknown.error().code);
}

TEST_F(AccountsTest, TheEmailsCaseAndSpacesDontMatter) {
  sign_up();
  EXPECT_TRUE(
      accounts_.check_password({.email = " Mina@Example.ORG ", .password = std::string{password}, .address = "a"}));
}

TEST_F(AccountsTest, EmailAndNicknameAreTakenOnce) {
  sign_up();
  EXPECT_EQ(refusal(accounts_.sign_up({"MINA@example.org", "other", std::string{password}})), "account.email_taken");
  EXPECT_EQ(refusal(accounts_.sign_up({"other@example.org", "MINA", std::string{password}})), "account.nickname_taken");
}

TEST_F(AccountsTest, ThePauseGrowsWithEachWrongPassword) {
  sign_up();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(refusal(log_in("wrong password")), "account.login_wrong");
  EXPECT_EQ(refusal(log_in(password)), "account.login_paused") << "even the right one waits";
  clock_.pass(Millis{1001});
  EXPECT_EQ(refusal(log_in("wrong password")), "account.login_wrong");
  clock_.pass(Millis{1001});
  EXPECT_EQ(refusal(log_in(password)), "account.login_paused");
  clock_.pass(Millis{1000});
  EXPECT_TRUE(log_in(password));
}

TEST_F(AccountsTest, TheRightPasswordClearsThePause) {
  sign_up();
  for (int i = 0; i < 4; ++i) (void)log_in("wrong password");
  ASSERT_TRUE(log_in(password));
  for (int i = 0; i < 4; ++i) EXPECT_EQ(refusal(log_in("wrong password")), "account.login_wrong");
  EXPECT_TRUE(log_in(password)) << "counted from zero again";
}

TEST_F(AccountsTest, OneAddressTryingManyAccountsIsPausedAndOthersAreNot) {
  sign_up();
  for (int i = 0; i < 25; ++i) (void)log_in("wrong password", "192.0.2.9", "name" + std::to_string(i));
  EXPECT_EQ(refusal(log_in(password, "192.0.2.9")), "account.login_paused");
  EXPECT_TRUE(log_in(password, "192.0.2.10"));
}

TEST_F(AccountsTest, GuessesSentAtOnceLearnNothingOnceThePauseBegan) {
  sign_up();
  std::atomic<int> answered{};
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 16; ++i)
      threads.emplace_back([&] { answered += refusal(log_in("wrong password")) == "account.login_wrong" ? 1 : 0; });
  }
  EXPECT_EQ(answered, 5) << "five tries are free";
}

TEST_F(AccountsTest, ASessionEndsWhenItsTimeIsOver) {
  const auto token = must(accounts_.open_session(sign_up().id, SessionKind::cookie));
  clock_.pass(std::chrono::days{29});
  EXPECT_TRUE(accounts_.caller(token.text)) << "and being used makes it last longer";
  clock_.pass(std::chrono::days{29});
  EXPECT_TRUE(accounts_.caller(token.text));
  clock_.pass(std::chrono::days{31});
  EXPECT_EQ(refusal(accounts_.caller(token.text)), "account.session_ended");
}

TEST_F(AccountsTest, AClosedSessionIsOver) {
  const auto token = must(accounts_.open_session(sign_up().id, SessionKind::bearer));
  must(accounts_.close_session(token.session.id));
  EXPECT_EQ(refusal(accounts_.caller(token.text)), "account.session_ended");
}

TEST_F(AccountsTest, AnOldHashIsMadeStrongerAtTheNextLogin) {
  const auto before = sign_up().password_hash;
  PasswordHasher stronger{{.operations = 2, .memory_bytes = 16384, .parallel = 1}};
  Accounts later{context(), stronger};
  must(later.check_password({.email = "mina@example.org", .password = std::string{password}, .address = "a"}));
  const auto after = must(accounts_.by_nickname("mina")).password_hash;
  EXPECT_NE(after, before);
  EXPECT_FALSE(stronger.needs_rehash(after));
  EXPECT_TRUE(stronger.verify(after, std::string{password}));
}

TEST_F(AccountsTest, OneAddressMakesOnlySoManyAccountsAnHour) {
  Accounts few{context(), hasher_, {.sign_ups = 2}};
  const auto from = [&](const std::string& address, const std::string& name) {
    return few.sign_up({name + "@example.org", name, std::string{password}, address});
  };
  must(from("192.0.2.1", "mina"));
  EXPECT_EQ(refusal(from("192.0.2.1", "mina")), "account.email_taken") << "counts too: it tells who has an account";
  EXPECT_EQ(refusal(from("192.0.2.1", "jun")), "account.sign_ups_paused");
  must(from("192.0.2.2", "sora"));
  clock_.pass(std::chrono::hours{1});
  must(from("192.0.2.1", "jun"));
}

TEST_F(AccountsTest, APasswordThatIsTooShortCostsNoSignUp) {
  Accounts few{context(), hasher_, {.sign_ups = 1}};
  EXPECT_EQ(refusal(few.sign_up({"mina@example.org", "mina", "short", "192.0.2.1"})), "account.password_too_short");
  must(few.sign_up({"mina@example.org", "mina", std::string{password}, "192.0.2.1"}));
}

}  // namespace
}  // namespace soundhub::services
