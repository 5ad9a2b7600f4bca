// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <string>

#include "soundhub/base/sha256.hpp"
#include "soundhub/base/text.hpp"

// What is counted against whom, and what is kept of a token.
namespace soundhub::services {

inline std::string token_hash(const std::string& token) {
  return sha256_hex(as_bytes(token));
}

// The email is hashed: a table of failed logins needn't tell who has an account.
inline std::string email_hash(const std::string& email) {
  return sha256_hex(as_bytes(to_lower(trim(email))));
}
inline std::string account_subject(const std::string& email) {
  return "account:" + email_hash(email);
}

}  // namespace soundhub::services
