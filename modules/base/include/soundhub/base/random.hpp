// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <cstddef>
#include <span>
#include <string>

namespace soundhub {

/// Where unguessable bytes come from; tests hand in their own. Thread-safe.
class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(std::span<std::byte> out) = 0;
};

/// getrandom(2).
class SystemRandom final : public Random {
 public:
  void fill(std::span<std::byte> out) override;
};

/// `bytes` random bytes as base64url without padding (32 bytes: 43 characters).
std::string random_token(Random& random, std::size_t bytes = 32);

}  // namespace soundhub
