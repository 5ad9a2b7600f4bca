// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/base/sha256.hpp"

#include <openssl/evp.h>

#include <new>

namespace soundhub {

struct Sha256::Context {
  EVP_MD_CTX* md{EVP_MD_CTX_new()};
  Context() {
    if (md == nullptr || EVP_DigestInit_ex(md, EVP_sha256(), nullptr) != 1) throw std::bad_alloc{};
  }
  ~Context() { EVP_MD_CTX_free(md); }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
};

Sha256::Sha256() : context_{std::make_unique<Context>()} {}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::update(BytesView bytes) {
  EVP_DigestUpdate(context_->md, bytes.data(), bytes.size());
}

Digest Sha256::finish() {
  Digest out{};
  EVP_DigestFinal_ex(context_->md, reinterpret_cast<unsigned char*>(out.data()), nullptr);
  EVP_DigestInit_ex(context_->md, EVP_sha256(), nullptr);
  return out;
}

Digest sha256(BytesView bytes) {
  Sha256 hash;
  hash.update(bytes);
  return hash.finish();
}

std::string sha256_hex(BytesView bytes) {
  return to_hex(sha256(bytes));
}

}  // namespace soundhub
