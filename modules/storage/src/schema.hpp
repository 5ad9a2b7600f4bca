// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <string>
#include <vector>

#include "sql.hpp"

namespace soundhub::storage {

/// A table as the database's own catalogue has it.
struct Table {
  struct Column {
    std::string name;
    bool is_real{}, is_text{};
    friend bool operator==(const Column&, const Column&) = default;
  };
  std::string name;
  std::vector<Column> columns;
  std::vector<std::string> key;         ///< the primary key's columns, in its order
  std::vector<std::string> references;  ///< the tables its rows name, itself left out
  bool counts{};                        ///< numbers its rows itself, in `id`
  friend bool operator==(const Table&, const Table&) = default;
};

Result<bool> has_table(ReadTx& tx, std::string_view name);

/// The table a database has while it is the unfinished copy of another one (copy.hpp).
constexpr std::string_view copy_marker = "copy_source";

/// All tables of the program but the list of migrations, each behind those that it refers to, else by name.
Result<std::vector<Table>> tables_of(ReadTx& tx);

}  // namespace soundhub::storage
