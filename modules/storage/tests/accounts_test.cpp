// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/storage/accounts.hpp"

#include "fixture.hpp"

namespace soundhub::storage::accounts {
namespace {

using Accounts = RepositoryTest;

TEST_F(Accounts, AreReadBackAsTheyWereWritten) {
  const auto id = write([&](WriteTx& tx) {
    return insert(tx, {.email = "anna@example.org",
                       .nickname = "안나",
                       .password_hash = "argon2id$x",
                       .is_admin = true,
                       .created_at = noon});
  });
  for (const auto& found : {read([&](ReadTx& tx) { return by_id(tx, *id); }),
                            read([&](ReadTx& tx) { return by_email(tx, "anna@example.org"); }),
                            read([&](ReadTx& tx) { return by_nickname(tx, "안나"); })}) {
    ASSERT_TRUE(found);
    EXPECT_EQ(found->id, *id);
    EXPECT_EQ(found->email, "anna@example.org");
    EXPECT_EQ(found->nickname, "안나");
    EXPECT_EQ(found->password_hash, "argon2id$x");
    EXPECT_TRUE(found->is_admin);
    EXPECT_EQ(found->created_at, noon);
  }
  EXPECT_FALSE(read([](ReadTx& tx) { return by_id(tx, UserId{99}); }));
  EXPECT_FALSE(read([](ReadTx& tx) { return by_email(tx, "ben@example.org"); }));
}

TEST_F(Accounts, NicknamesThatFoldAlikeAreTheSameName) {
  user("Anna");
  EXPECT_TRUE(read([](ReadTx& tx) { return by_nickname(tx, "aNNA"); }));
  EXPECT_EQ(refusal([](WriteTx& tx) { return insert(tx, {.email = "other@example.org", .nickname = "ANNA"}); }),
            "account.nickname_taken");
}

TEST_F(Accounts, AnEmailIsTakenOnce) {
  user("anna");
  EXPECT_EQ(refusal([](WriteTx& tx) { return insert(tx, {.email = "anna@example.org", .nickname = "other"}); }),
            "account.email_taken");
}

TEST_F(Accounts, PasswordAndRightsCanBeChangedOfThoseThatExist) {
  const auto id = user("anna");
  write([&](WriteTx& tx) { return set_password_hash(tx, id, "new"); });
  write([&](WriteTx& tx) { return set_admin(tx, id, true); });
  const auto account = read([&](ReadTx& tx) { return by_id(tx, id); });
  EXPECT_EQ(account->password_hash, "new");
  EXPECT_TRUE(account->is_admin);
  EXPECT_EQ(refusal([](WriteTx& tx) { return set_admin(tx, UserId{99}, true); }), "account.not_found");
  EXPECT_EQ(refusal([](WriteTx& tx) { return set_password_hash(tx, UserId{99}, "x"); }), "account.not_found");
}

class Sessions : public RepositoryTest {
 protected:
  SessionId log_in(std::string_view hash, Time expires_at, SessionKind kind = SessionKind::cookie) {
    return write([&](WriteTx& tx) {
             return insert_session(
                 tx, {.user = anna_, .kind = kind, .created_at = noon, .seen_at = noon, .expires_at = expires_at},
                 hash);
           })
        .value();
  }
  std::optional<SessionRow> find(std::string_view hash, Time now) {
    return read([&](ReadTx& tx) { return session(tx, hash, now); });
  }
  UserId anna_{user("anna")};
};

TEST_F(Sessions, AllOfAnAccountEndTogether) {
  log_in("h1", later(1000));
  log_in("h2", later(1000), SessionKind::bearer);
  const auto other = user("ben");
  write([&](WriteTx& tx) {
    return insert_session(
        tx,
        {.user = other, .kind = SessionKind::cookie, .created_at = noon, .seen_at = noon, .expires_at = later(1000)},
        "h3");
  });
  write([&](WriteTx& tx) { return delete_sessions_of(tx, anna_); });
  EXPECT_FALSE(find("h1", later(10)));
  EXPECT_FALSE(find("h2", later(10)));
  EXPECT_TRUE(find("h3", later(10)));
}

TEST_F(Sessions, BringTheirAccount) {
  const auto id = log_in("h1", later(1000), SessionKind::bearer);
  const auto row = find("h1", later(10));
  ASSERT_TRUE(row);
  EXPECT_EQ(row->session.id, id);
  EXPECT_EQ(row->session.user, anna_);
  EXPECT_EQ(row->session.kind, SessionKind::bearer);
  EXPECT_EQ(row->session.created_at, noon);
  EXPECT_EQ(row->session.seen_at, noon);
  EXPECT_EQ(row->session.expires_at, later(1000));
  EXPECT_EQ(row->account.nickname, "anna");
  EXPECT_FALSE(find("h2", later(10)));
}

TEST_F(Sessions, EndAtTheirTimeUnlessTouched) {
  const auto id = log_in("h1", later(1000));
  EXPECT_TRUE(find("h1", later(999)));
  EXPECT_FALSE(find("h1", later(1000)));
  write([&](WriteTx& tx) { return touch_session(tx, id, later(900), later(2000)); });
  EXPECT_EQ(find("h1", later(1500))->session.seen_at, later(900));
}

TEST_F(Sessions, AreGoneWhenDeletedOrSweptAway) {
  const auto id = log_in("h1", later(1000));
  log_in("h2", later(500));
  log_in("h3", later(1500));
  write([&](WriteTx& tx) { return delete_expired_sessions(tx, later(500)); });
  EXPECT_FALSE(find("h2", noon));
  EXPECT_TRUE(find("h1", noon));
  write([&](WriteTx& tx) { return delete_session(tx, id); });
  EXPECT_FALSE(find("h1", noon));
  EXPECT_TRUE(find("h3", noon));
}

TEST_F(Accounts, LoginFailuresAreKeptPerSubjectUntilCleared) {
  const auto failures = [&](std::string_view subject) {
    return read([&](ReadTx& tx) { return login_failures(tx, subject); });
  };
  EXPECT_FALSE(failures("address:127.0.0.1"));
  write([&](WriteTx& tx) { return set_login_failures(tx, "address:127.0.0.1", {1, noon, noon}); });
  write([&](WriteTx& tx) { return set_login_failures(tx, "address:127.0.0.1", {2, noon, later(5000)}); });
  write([&](WriteTx& tx) { return set_login_failures(tx, "account:x", {7, later(10), later(10)}); });
  EXPECT_EQ(failures("address:127.0.0.1")->failures, 2);
  EXPECT_EQ(failures("address:127.0.0.1")->first_at, noon);
  EXPECT_EQ(failures("address:127.0.0.1")->blocked_until, later(5000));
  write([&](WriteTx& tx) { return delete_login_failures_before(tx, later(5)); });
  EXPECT_FALSE(failures("address:127.0.0.1"));
  write([&](WriteTx& tx) { return clear_login_failures(tx, "account:x"); });
  EXPECT_FALSE(failures("account:x"));
}

}  // namespace
}  // namespace soundhub::storage::accounts
