// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <random>
#include <string>

namespace soundhub::blobs {

/// Bytes that repeat nowhere, the same each time.
inline std::string pattern(std::size_t size, unsigned seed = 1) {
  std::mt19937_64 random{seed};
  std::string bytes(size, '\0');
  for (auto& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

}  // namespace soundhub::blobs
