// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/base/random.hpp"

#include <sys/random.h>

#include <cerrno>
#include <system_error>

#include "soundhub/base/bytes.hpp"

namespace soundhub {

void SystemRandom::fill(std::span<std::byte> out) {
  while (!out.empty()) {
    const auto got = ::getrandom(out.data(), out.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw std::system_error(errno, std::generic_category(), "getrandom");
    out = out.subspan(static_cast<std::size_t>(got));
  }
}

std::string random_token(Random& random, std::size_t bytes) {
  Bytes raw(bytes);
  random.fill(raw);
  return to_base64url(raw);
}

}  // namespace soundhub
