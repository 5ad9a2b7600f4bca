// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "soundhub/http/message.hpp"

namespace soundhub::http {

/// Whose word about the client counts. Built once, then only read.
class TrustedProxies {
 public:
  /// Addresses, CIDR blocks, or "unix" for whoever comes over a unix socket. What can't be parsed is dropped.
  explicit TrustedProxies(const std::vector<std::string>& blocks);
  bool trusts(std::string_view peer) const;

 private:
  using Address = std::array<std::uint8_t, 16>;
  struct Block {
    Address address{};
    unsigned bits{};
  };
  static bool parse(std::string_view text, Address& out, bool& v4);
  std::vector<Block> blocks_;
  bool unix_{};
};

/// Fills peer, host, secure and id from X-Forwarded-* and X-Request-Id; only to be called if the peer is trusted.
void apply_forwarded(Request& request, const TrustedProxies& proxies);

}  // namespace soundhub::http
