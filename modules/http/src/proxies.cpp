// SPDX-License-Identifier: AGPL-3.0-or-later
#include "proxies.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <cstring>

#include "target.hpp"
#include "text.hpp"

namespace soundhub::http {
namespace {

bool valid_id(std::string_view id) {
  return !id.empty() && id.size() <= 64 &&
         std::all_of(id.begin(), id.end(), [](char c) { return is_alnum(c) || c == '-' || c == '_' || c == '.'; });
}

bool is_address(std::string_view text) {
  std::array<std::uint8_t, 16> buffer;
  const std::string copy{text};
  return ::inet_pton(AF_INET, copy.c_str(), buffer.data()) == 1 ||
         ::inet_pton(AF_INET6, copy.c_str(), buffer.data()) == 1;
}

}  // namespace

/// IPv4 as ::ffff:a.b.c.d, so that one comparison serves both.
bool TrustedProxies::parse(std::string_view text, Address& out, bool& v4) {
  const std::string copy{text};
  std::array<std::uint8_t, 4> four{};
  v4 = ::inet_pton(AF_INET, copy.c_str(), four.data()) == 1;
  if (!v4) return ::inet_pton(AF_INET6, copy.c_str(), out.data()) == 1;
  out = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, four[0], four[1], four[2], four[3]};
  return true;
}

TrustedProxies::TrustedProxies(const std::vector<std::string>& blocks) {
  for (const std::string_view text : blocks) {
    if (text == "unix") unix_ = true;
    const auto slash = text.find('/');
    Block block;
    bool v4 = false;
    if (!parse(text.substr(0, slash), block.address, v4)) continue;
    block.bits = 128;
    if (slash != std::string_view::npos) {
      const auto bits = parse_number(text.substr(slash + 1));
      if (!bits || *bits > (v4 ? 32u : 128u)) continue;
      block.bits = static_cast<unsigned>(*bits) + (v4 ? 96u : 0u);
    }
    blocks_.push_back(block);
  }
}

bool TrustedProxies::trusts(std::string_view peer) const {
  if (peer == "unix") return unix_;
  Address address{};
  bool v4 = false;
  if (!parse(peer, address, v4)) return false;
  return std::any_of(blocks_.begin(), blocks_.end(), [&](const Block& block) {
    const auto whole = block.bits / 8, rest = block.bits % 8;
    if (std::memcmp(address.data(), block.address.data(), whole) != 0) return false;
    return rest == 0 || (address.at(whole) >> (8 - rest)) == (block.address.at(whole) >> (8 - rest));
  });
}

void apply_forwarded(Request& request, const TrustedProxies& proxies) {
  // The right end was written by whoever is nearest, so walk from there past those we trust.
  std::string chain;
  for (const auto& [name, value] : request.headers)
    if (equal_no_case(name, "X-Forwarded-For")) chain += (chain.empty() ? "" : ",") + value;
  while (!chain.empty()) {
    const auto comma = chain.rfind(',');
    const auto hop = trim(std::string_view{chain}.substr(comma == std::string::npos ? 0 : comma + 1));
    if (!is_address(hop)) break;
    request.peer = std::string{hop};
    if (!proxies.trusts(hop)) break;
    chain.resize(comma == std::string::npos ? 0 : comma);
  }
  if (const auto host = request.header("X-Forwarded-Host"); host && valid_host(*host))
    request.host = std::string{*host};
  request.secure = equal_no_case(request.header("X-Forwarded-Proto").value_or(""), "https");
  if (const auto id = request.header("X-Request-Id"); id && valid_id(*id)) request.id = std::string{*id};
}

}  // namespace soundhub::http
