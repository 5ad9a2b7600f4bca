// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <functional>

#include "schema.hpp"
#include "soundhub/base/sha256.hpp"

/// Whole rows of any table, in the order of its primary key: the same order in every database.
namespace soundhub::storage::table_rows {

using Key = std::vector<Value>;

/// The next rows behind `after` (empty: from the start); all columns, in the order of `table.columns`.
Result<Rows> after(ReadTx& tx, const Table& table, const Key& after, int limit);
/// The key of the last row, empty if there is none.
Result<Key> last_key(ReadTx& tx, const Table& table);
Key key_of(const Table& table, const Row& row);
Result<void> insert(WriteTx& tx, const Table& table, const Rows& rows);
Result<std::int64_t> count(ReadTx& tx, const Table& table);

struct Digest {
  std::int64_t rows{};
  std::string sha256;
  friend bool operator==(const Digest&, const Digest&) = default;
};
Result<Digest> digest(ReadTx& tx, const Table& table);

/// How far the ids of the table have come, deleted rows too.
Result<std::int64_t> counter(ReadTx& tx, const Table& table);
Result<void> set_counter(WriteTx& tx, const Table& table, std::int64_t value);

}  // namespace soundhub::storage::table_rows
