// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <array>
#include <memory>
#include <string>

#include "soundhub/base/bytes.hpp"

namespace soundhub {

using Digest = std::array<std::byte, 32>;

/// SHA-256 (FIPS 180-4) by OpenSSL, fed in pieces.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  void update(BytesView bytes);
  /// Ends the hash; the object is then as new.
  Digest finish();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

Digest sha256(BytesView bytes);
std::string sha256_hex(BytesView bytes);

}  // namespace soundhub
