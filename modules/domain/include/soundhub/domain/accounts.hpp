// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <string>
#include <string_view>

#include "soundhub/base/clock.hpp"
#include "soundhub/base/error.hpp"
#include "soundhub/base/id.hpp"

namespace soundhub::accounts {

/// A musician, as everyone may see them.
struct User {
  UserId id;
  std::string nickname;
};

/// The whole account; never leaves the server as it is.
struct Account {
  UserId id;
  std::string email;     ///< lower case
  std::string nickname;  ///< as chosen
  std::string password_hash;
  bool is_admin{};
  Time created_at{};
  User user() const { return {id, nickname}; }
};

enum class SessionKind { cookie, bearer };

struct Session {
  SessionId id;
  UserId user;
  SessionKind kind{};
  Time created_at{}, seen_at{}, expires_at{};
};

/// Trimmed and lower case; invalid "account.email_invalid". One @, a dot behind it, no spaces, at most 254 bytes: the
/// rest is for a confirmation mail to find out.
Result<std::string> valid_email(std::string_view text);
/// Trimmed; invalid "account.nickname_invalid": 2 to 24 characters, letters of any script, digits, inner spaces,
/// '.', '_' and '-'.
Result<std::string> valid_nickname(std::string_view text);
/// How nicknames are compared: two that fold alike are the same name.
std::string fold_nickname(std::string_view nickname);
/// invalid "account.password_too_short" below 10 characters, "account.password_too_long" above 200 bytes,
/// "account.password_too_easy" for one character repeated, or the email or nickname itself.
Result<void> valid_password(std::string_view password, std::string_view email, std::string_view nickname);

/// After `failures` wrong passwords in a row, how long the next try has to wait (0: not at all).
Millis login_pause(int failures);

}  // namespace soundhub::accounts
