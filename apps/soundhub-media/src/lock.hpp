// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <cstdint>

#include "soundhub/base/error.hpp"

namespace soundhub::media {

struct LockLimits {
  std::uint64_t memory_bytes{};
  std::uint32_t cpu_seconds{};
};

/// Runs before a byte of the upload is read, once, in the only thread. From here on the process can read and write the
/// descriptors it has, use memory that can't be executed, start threads and end; anything else kills it (SIGSYS).
/// Dies with its parent. Libraries that open files on first use must have been used before.
Result<void> lock_down(const LockLimits& limits);

}  // namespace soundhub::media
