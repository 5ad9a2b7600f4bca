// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/services/password_hasher.hpp"

#include <sodium.h>

#include <stdexcept>

namespace soundhub::services {
namespace {

class Turn {
 public:
  explicit Turn(std::counting_semaphore<64>& turns) : turns_{turns} { turns_.acquire(); }
  ~Turn() { turns_.release(); }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  std::counting_semaphore<64>& turns_;
};

}  // namespace

PasswordHasher::PasswordHasher() : PasswordHasher{Cost{}} {}

PasswordHasher::PasswordHasher(Cost cost) : cost_{cost}, turns_{cost.parallel} {
  if (sodium_init() < 0) throw std::runtime_error("libsodium can't start");
  decoy_ = hash("no account has this password").value();
}

Result<std::string> PasswordHasher::hash(const std::string& password) {
  const Turn turn{turns_};
  std::string out(crypto_pwhash_STRBYTES, '\0');
  if (crypto_pwhash_str_alg(out.data(), password.data(), password.size(), cost_.operations, cost_.memory_bytes,
                            crypto_pwhash_ALG_ARGON2ID13) != 0)
    return fail(Errc::unavailable, "busy", "argon2id: out of memory");
  out.resize(out.find('\0'));
  return out;
}

bool PasswordHasher::verify(const std::string& hash, const std::string& password) {
  const Turn turn{turns_};
  return crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) == 0;
}

void PasswordHasher::verify_nothing(const std::string& password) {
  verify(decoy_, password);
}

bool PasswordHasher::needs_rehash(const std::string& hash) const {
  return crypto_pwhash_str_needs_rehash(hash.c_str(), cost_.operations, cost_.memory_bytes) != 0;
}

}  // namespace soundhub::services
