// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/storage/accounts.hpp"

#include "rows.hpp"

namespace soundhub::storage::accounts {
namespace {

constexpr std::string_view select_account =
    "SELECT u.id, u.email, u.nickname, u.password_hash, u.is_admin, u.created_at FROM users u";

Account to_account(const Row& row, std::size_t at = 0) {
  return {.id = row.id<UserId>(at),
          .email = row.text(at + 1),
          .nickname = row.text(at + 2),
          .password_hash = row.text(at + 3),
          .is_admin = row.boolean(at + 4),
          .created_at = row.time(at + 5)};
}

std::string_view kind_text(SessionKind kind) {
  return kind == SessionKind::cookie ? "cookie" : "bearer";
}

SessionRow to_session_row(const Row& row) {
  return {.session = {.id = row.id<SessionId>(0),
                      .user = row.id<UserId>(5),
                      .kind = row.text(1) == "cookie" ? SessionKind::cookie : SessionKind::bearer,
                      .created_at = row.time(2),
                      .seen_at = row.time(3),
                      .expires_at = row.time(4)},
          .account = to_account(row, 5)};
}

Result<std::optional<Account>> account_where(ReadTx& tx, std::string_view condition, Value value) {
  SH_TRY(const auto rows, Sql{select_account}.where(condition, std::move(value)).run(tx));
  return first(rows, [](const Row& row) { return to_account(row); });
}

}  // namespace

namespace {

Error taken(Error error) {
  if (error.key != "storage.unique") return error;
  const bool email = error.detail.find("users.email") != std::string::npos;
  return {Errc::conflict, email ? "account.email_taken" : "account.nickname_taken", std::move(error.detail)};
}

}  // namespace

// Asked before, so that an answer doesn't cost an id; who was faster since then is met by the index.
Result<UserId> insert(WriteTx& tx, const Account& account) {
  SH_TRY(const auto same_email, by_email(tx, account.email));
  if (same_email) return fail(Errc::conflict, "account.email_taken");
  SH_TRY(const auto same_name, by_nickname(tx, account.nickname));
  if (same_name) return fail(Errc::conflict, "account.nickname_taken");
  return insert_id<UserId>(tx,
                           "INSERT INTO users(email, nickname, nickname_folded, password_hash, is_admin, created_at)"
                           " VALUES($1, $2, $3, $4, $5, $6) RETURNING id",
                           {account.email, account.nickname, soundhub::accounts::fold_nickname(account.nickname),
                            account.password_hash, account.is_admin, account.created_at})
      .map_error(taken);
}

Result<std::optional<Account>> by_id(ReadTx& tx, UserId id) {
  return account_where(tx, "u.id = ", id);
}

Result<std::optional<Account>> by_email(ReadTx& tx, std::string_view email) {
  return account_where(tx, "u.email = ", email);
}

Result<std::optional<Account>> by_nickname(ReadTx& tx, std::string_view nickname) {
  return account_where(tx, "u.nickname_folded = ", soundhub::accounts::fold_nickname(nickname));
}

Result<void> set_password_hash(WriteTx& tx, UserId id, std::string_view hash) {
  return changed(execute(tx, "UPDATE users SET password_hash = $1 WHERE id = $2", {hash, id}), "account.not_found");
}

Result<void> set_admin(WriteTx& tx, UserId id, bool is_admin) {
  return changed(execute(tx, "UPDATE users SET is_admin = $1 WHERE id = $2", {is_admin, id}), "account.not_found");
}

Result<SessionId> insert_session(WriteTx& tx, const Session& session, std::string_view token_hash) {
  return insert_id<SessionId>(
      tx,
      "INSERT INTO sessions(user_id, token_hash, kind, created_at, seen_at, expires_at)"
      " VALUES($1, $2, $3, $4, $5, $6) RETURNING id",
      {session.user, token_hash, kind_text(session.kind), session.created_at, session.seen_at, session.expires_at});
}

Result<std::optional<SessionRow>> session(ReadTx& tx, std::string_view token_hash, Time now) {
  SH_TRY(const auto rows,
         query(tx,
               "SELECT s.id, s.kind, s.created_at, s.seen_at, s.expires_at,"
               " u.id, u.email, u.nickname, u.password_hash, u.is_admin, u.created_at"
               " FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.token_hash = $1 AND s.expires_at > $2",
               {token_hash, now}));
  return first(rows, to_session_row);
}

Result<void> touch_session(WriteTx& tx, SessionId id, Time seen_at, Time expires_at) {
  return done(
      execute(tx, "UPDATE sessions SET seen_at = $1, expires_at = $2 WHERE id = $3", {seen_at, expires_at, id}));
}

Result<void> delete_session(WriteTx& tx, SessionId id) {
  return done(execute(tx, "DELETE FROM sessions WHERE id = $1", {id}));
}

Result<void> delete_sessions_of(WriteTx& tx, UserId user) {
  return done(execute(tx, "DELETE FROM sessions WHERE user_id = $1", {user}));
}

Result<void> delete_expired_sessions(WriteTx& tx, Time now) {
  return done(execute(tx, "DELETE FROM sessions WHERE expires_at <= $1", {now}));
}

Result<std::optional<LoginFailures>> login_failures(ReadTx& tx, std::string_view subject) {
  SH_TRY(const auto rows,
         query(tx, "SELECT failures, first_at, blocked_until FROM login_failures WHERE subject = $1", {subject}));
  return first(rows, [](const Row& row) {
    return LoginFailures{.failures = row.small(0), .first_at = row.time(1), .blocked_until = row.time(2)};
  });
}

Result<void> set_login_failures(WriteTx& tx, std::string_view subject, const LoginFailures& failures) {
  return done(execute(tx,
                      "INSERT INTO login_failures(subject, failures, first_at, blocked_until) VALUES($1, $2, $3, $4)"
                      " ON CONFLICT (subject) DO UPDATE SET failures = excluded.failures,"
                      " first_at = excluded.first_at, blocked_until = excluded.blocked_until",
                      {subject, failures.failures, failures.first_at, failures.blocked_until}));
}

Result<void> clear_login_failures(WriteTx& tx, std::string_view subject) {
  return done(execute(tx, "DELETE FROM login_failures WHERE subject = $1", {subject}));
}

Result<void> delete_login_failures_before(WriteTx& tx, Time first_at) {
  return done(execute(tx, "DELETE FROM login_failures WHERE first_at < $1", {first_at}));
}

}  // namespace soundhub::storage::accounts
