// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <string>

#include "soundhub/domain/accounts.hpp"
#include "soundhub/services/context.hpp"
#include "soundhub/services/limits.hpp"

namespace soundhub::services {

class PasswordHasher;

/// A new password for those who forgot theirs, by a link that works once. Thread-safe.
class Passwords {
 public:
  static constexpr std::chrono::hours link_lifetime{1};

  Passwords(const Context& context, PasswordHasher& hasher, RateLimits limits = {});

  struct Ask {
    std::string email;
    std::string address;  ///< the client's
  };
  /// Queues the mail with the link. Says the same whether the address has an account or not; too_many
  /// "account.resets_paused", conflict "account.mail_off" when this instance sends no mail.
  Result<void> ask(const Ask& ask);

  struct Change {
    std::string token, password;
  };
  /// The account's new password; all its sessions and links end. not_found "account.reset_over" for a link that isn't
  /// (or no longer) one, invalid "account.password_…".
  Result<accounts::Account> change(const Change& wanted);

  /// A link's token, for an instance's keeper to hand on; not_found "account.not_found".
  Result<std::string> token_for(const std::string& email);

 private:
  Context context_;
  PasswordHasher& hasher_;
  RateLimits limits_;
};

/// Where the web app takes the token. It stands behind the #, so no server's log sees it.
std::string password_link(const std::string& public_url, const std::string& token);

}  // namespace soundhub::services
