// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "soundhub/storage/database.hpp"

/// Which blobs the rows name. A key is 64 hex digits. A test holds these queries against the schema: every column that
/// holds a key is asked.
namespace soundhub::storage::blobs {

/// Whether any row of any table names it; if not, a sweep may remove it.
Result<bool> is_named(ReadTx& tx, std::string_view key);
/// The named keys above `after` ("" to begin), in order, each once: a keyset page.
Result<std::vector<std::string>> named_after(ReadTx& tx, std::string_view after, int limit);

}  // namespace soundhub::storage::blobs
