// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <cstdint>
#include <functional>
#include <stop_token>

#include "soundhub/blobs/store.hpp"

namespace soundhub::blobs {

struct Copied {
  std::uint64_t copied{0}, copied_bytes{0};
  std::uint64_t skipped{0};  ///< were there already
  std::uint64_t damaged{0};  ///< not what their key says at `from`: left out
};

struct CopyOptions {
  unsigned parallel{4};
  bool rehash{false};  ///< reads again what is there already, instead of trusting its size
  /// After each blob; one call at a time, on any thread.
  std::function<void(const Copied& so_far)> progress;
  std::function<void(const Blob&, const Error&)> damaged;
  std::stop_token stop;
};

/// Puts every blob of `from` into `to`, hashing what passes. Stops at the first error of a store; run again, it goes on
/// where it stopped. unavailable "blob.copy_stopped" if `stop` was asked for.
Result<Copied> copy(BlobStore& from, BlobStore& to, const CopyOptions& options);

}  // namespace soundhub::blobs
