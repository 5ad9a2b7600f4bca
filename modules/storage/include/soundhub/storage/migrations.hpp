// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <span>
#include <string_view>

#include "soundhub/storage/database.hpp"

namespace soundhub::storage {

/// One numbered step of the schema; `file` is "NNNN_name.sql" from migrations/, built into the program. The text is
/// SQL that SQLite and PostgreSQL both take, but for the word `$ID`: a primary key that numbers the rows itself.
struct Migration {
  std::string_view file;
  std::string_view text;
};

/// The program's own steps, by number.
std::span<const Migration> migrations();
/// Number of the last of them.
int latest_step();

/// Brings the database to this program's schema, one transaction a step; safe to call from several processes at
/// once and again at each start. conflict "storage.newer" if the database is ahead of the program (then nothing is
/// touched), "storage.half_copied" if it is the unfinished copy of another one (copy.hpp).
Result<void> migrate(Database& db);
Result<void> migrate(Database& db, std::span<const Migration> steps);

/// Number of the last step done, 0 for an empty database.
Result<int> schema_version(ReadTx& tx);

}  // namespace soundhub::storage
