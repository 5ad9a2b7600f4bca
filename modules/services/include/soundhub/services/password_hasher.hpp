// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <cstdint>
#include <semaphore>
#include <string>

#include "soundhub/base/error.hpp"

namespace soundhub::services {

/// Argon2id (RFC 9106) by libsodium, at most `parallel` at once: each takes `memory_bytes` and most of a core, so a
/// flood of logins must not take the server with it. Thread-safe; callers wait their turn.
class PasswordHasher {
 public:
  struct Cost {
    std::uint64_t operations{3};
    std::size_t memory_bytes{32u << 20};
    int parallel{2};
  };
  PasswordHasher();
  explicit PasswordHasher(Cost cost);
  Result<std::string> hash(const std::string& password);
  bool verify(const std::string& hash, const std::string& password);
  /// Takes as long as verify() and is always wrong: for accounts that don't exist.
  void verify_nothing(const std::string& password);
  /// Made with another cost than today's: hash again at the next login.
  bool needs_rehash(const std::string& hash) const;

 private:
  Cost cost_;
  std::counting_semaphore<64> turns_;
  std::string decoy_;
};

}  // namespace soundhub::services
