// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <span>
#include <string_view>

#include "soundhub/storage/database.hpp"

namespace soundhub::storage {

/// One numbered step of the schema; `file` is "NNNN_name.sql" from migrations/, built into the program. The text is
/// SQL that SQLite and PostgreSQL both take, but for the word `$ID`: a primary key that numbers the rows itself.
///
/// A step only adds (tables, indexes, columns that may be left out of an INSERT), so that programs which don't know it
/// go on working: during a deploy, and when a release is taken back. One that takes something away is named
/// "NNNN_name.needs-MMMM.sql": programs that know step MMMM have no use for it any more, and others refuse to start.
struct Migration {
  std::string_view file;
  std::string_view text;
};

/// The program's own steps, by number.
std::span<const Migration> migrations();
/// Number of the last of them.
int latest_step();

/// Brings the database to this program's schema, one transaction a step; safe to call from several processes at
/// once and again at each start. A database that is ahead of the program is left as it is: conflict "storage.newer" if
/// one of the steps done there needs a newer program. "storage.half_copied" if it is the unfinished copy of another one
/// (copy.hpp).
Result<void> migrate(Database& db);
Result<void> migrate(Database& db, std::span<const Migration> steps);

/// Number of the last step done, 0 for an empty database.
Result<int> schema_version(ReadTx& tx);

}  // namespace soundhub::storage
