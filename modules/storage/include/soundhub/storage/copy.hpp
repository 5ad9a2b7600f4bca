// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "soundhub/storage/database.hpp"

/// Moving an instance from one database to another, in either direction: all rows, in batches, then compared.
namespace soundhub::storage {

struct CopyOptions {
  std::string source;   ///< names what is copied, the same each time: a copy that was broken off goes on with it
  int batch_rows{500};  ///< in one transaction of the target
  std::function<void(std::string_view table, std::int64_t rows)> progress{};  ///< rows of the table in the target
};

struct CopiedTable {
  std::string name;
  std::int64_t rows{};
  std::string sha256;  ///< of all its rows in the order of its primary key; the same in source and target
};

/// Brings `to` to this program's schema and copies all rows of `from`, which must have that schema already and must
/// not be written to meanwhile (stop serve and work). Then reads both again and compares each row. Broken off at any
/// point it goes on where it was when called again. The counters of ids go on where they were in the source.
///
///   conflict "storage.schema_differs"    `from` isn't at this program's schema: start the program on it once
///   conflict "storage.target_not_empty"  `to` has rows that aren't of a copy of this source
///   conflict "storage.copy_differs"      the source was changed meanwhile; empty the target and begin again
Result<std::vector<CopiedTable>> copy_database(Database& from, Database& to, const CopyOptions& options);

}  // namespace soundhub::storage
