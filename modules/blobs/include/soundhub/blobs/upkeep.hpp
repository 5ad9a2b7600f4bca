// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <cstdint>
#include <functional>

#include "soundhub/blobs/store.hpp"

namespace soundhub::blobs {

struct Sweep {
  std::uint64_t kept{0};
  std::uint64_t removed{0};
  std::uint64_t removed_bytes{0};
  std::uint64_t abandoned{0};  ///< uploads that their process didn't live to end
};

/// Removes the blobs last put before `older_than` that `is_named` says no row names. Leave a day between: a blob is
/// committed before the row that names it.
Result<Sweep> sweep(BlobStore& store, Time older_than, const std::function<Result<bool>(const BlobKey&)>& is_named);

struct Verification {
  std::uint64_t checked{0};
  std::uint64_t checked_bytes{0};
  std::uint64_t damaged{0};
};

/// Reads every blob and hashes it again; `damaged` hears of those that can't be read or aren't what their key says.
Result<Verification> verify(BlobStore& store, const std::function<void(const Blob&, const Error&)>& damaged);

/// One blob: internal "blob.damaged" if its bytes aren't its key's.
Result<void> verify(BlobStore& store, const BlobKey& key);

}  // namespace soundhub::blobs
