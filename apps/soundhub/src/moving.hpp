// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include "soundhub/blobs/copy.hpp"
#include "soundhub/storage/copy.hpp"

// What moving an instance, backing it up and restoring it have in common; says on the terminal how far it is.
namespace soundhub::app {

/// All rows, compared one by one afterwards; prints a line a table. Reads one state of `from`, which may be in use.
Result<void> move_rows(storage::Database& from, storage::Database& to, const std::string& source);
/// All blobs, hashed as they pass; prints the counts. internal "blob.damaged" if some aren't what they should be.
Result<void> move_blobs(blobs::BlobStore& from, blobs::BlobStore& to, bool rehash = false);
/// Every blob that a row names is in the store: how many aren't; prints them.
Result<std::int64_t> count_missing(storage::Database& db, blobs::BlobStore& blobs);

}  // namespace soundhub::app
