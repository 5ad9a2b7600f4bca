// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <optional>
#include <string>

#include "soundhub/domain/accounts.hpp"
#include "soundhub/storage/database.hpp"

namespace soundhub::storage::accounts {

using soundhub::accounts::Account;
using soundhub::accounts::Session;
using soundhub::accounts::SessionKind;

/// `account.id` is ignored. conflict "account.email_taken" or "account.nickname_taken".
Result<UserId> insert(WriteTx& tx, const Account& account);
Result<std::optional<Account>> by_id(ReadTx& tx, UserId id);
Result<std::optional<Account>> by_email(ReadTx& tx, std::string_view email);        ///< lower case
Result<std::optional<Account>> by_nickname(ReadTx& tx, std::string_view nickname);  ///< folded here
Result<void> set_password_hash(WriteTx& tx, UserId id, std::string_view hash);
Result<void> set_admin(WriteTx& tx, UserId id, bool is_admin);

Result<SessionId> insert_session(WriteTx& tx, const Session& session, std::string_view token_hash);
/// The session of a token with its account, unless it has expired by `now`.
struct SessionRow {
  Session session;
  Account account;
};
Result<std::optional<SessionRow>> session(ReadTx& tx, std::string_view token_hash, Time now);
Result<void> touch_session(WriteTx& tx, SessionId id, Time seen_at, Time expires_at);
Result<void> delete_session(WriteTx& tx, SessionId id);
Result<void> delete_sessions_of(WriteTx& tx, UserId user);
Result<void> delete_expired_sessions(WriteTx& tx, Time now);

struct LoginFailures {
  int failures{};
  Time first_at{}, blocked_until{};
};
Result<std::optional<LoginFailures>> login_failures(ReadTx& tx, std::string_view subject);
Result<void> set_login_failures(WriteTx& tx, std::string_view subject, const LoginFailures& failures);
Result<void> clear_login_failures(WriteTx& tx, std::string_view subject);
Result<void> delete_login_failures_before(WriteTx& tx, Time first_at);

}  // namespace soundhub::storage::accounts
