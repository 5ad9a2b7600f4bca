// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <memory>
#include <optional>
#include <string>

#include "soundhub/domain/accounts.hpp"
#include "soundhub/domain/mails.hpp"
#include "soundhub/services/context.hpp"
#include "soundhub/services/limits.hpp"

namespace soundhub::services {

class PasswordHasher;

/// Signing up, logging in and out, and who a token belongs to. Thread-safe.
class Accounts {
 public:
  Accounts(const Context& context, PasswordHasher& hasher, RateLimits limits = {});

  struct SignUp {
    std::string email, nickname, password;
    std::string address;         ///< the client's
    mails::Language language{};  ///< of the mails to come
  };
  /// invalid "account.…" for each field (the key names it), conflict "account.email_taken", "account.nickname_taken",
  /// too_many "account.sign_ups_paused".
  Result<accounts::Account> sign_up(const SignUp& wanted);

  struct LogIn {
    std::string email, password;
    std::string address;  ///< the client's
  };
  /// unauthenticated "account.login_wrong" (never says which of the two is wrong), too_many "account.login_paused".
  Result<accounts::Account> check_password(const LogIn& given);

  struct Token {
    std::string text;  ///< shown once; only its hash is kept
    accounts::Session session;
  };
  Result<Token> open_session(UserId user, accounts::SessionKind kind);
  struct Caller {
    accounts::Account account;
    accounts::Session session;
  };
  /// unauthenticated "account.session_ended" for a token that isn't (or no longer) one.
  Result<Caller> caller(const std::string& token);
  Result<void> close_session(SessionId session);

  Result<accounts::Account> by_nickname(const std::string& nickname);  ///< not_found "account.not_found"
  Result<void> set_admin(const std::string& email, bool is_admin);     ///< not_found "account.not_found"

 private:
  Result<void> count_failure(const std::string& subject);
  Context context_;
  PasswordHasher& hasher_;
  RateLimits limits_;
};

}  // namespace soundhub::services
