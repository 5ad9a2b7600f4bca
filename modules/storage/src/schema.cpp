// SPDX-License-Identifier: AGPL-3.0-or-later
#include "schema.hpp"

#include <algorithm>

namespace soundhub::storage {
namespace {

struct Catalogue {
  std::string_view tables, columns, key, references;
};

// columns: name, type, whether the database numbers it.
constexpr Catalogue sqlite{
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    " AND name NOT IN ('schema_migrations', 'copy_source') ORDER BY name",
    "SELECT name, type, pk = 1 AND type = 'INTEGER' FROM pragma_table_info($1) ORDER BY cid",
    "SELECT name FROM pragma_table_info($1) WHERE pk > 0 ORDER BY pk",
    "SELECT DISTINCT f.[table] FROM pragma_foreign_key_list($1) f ORDER BY 1"};
constexpr Catalogue postgres{
    "SELECT relname FROM pg_class WHERE relnamespace = CAST(current_schema() AS regnamespace) AND relkind = 'r'"
    " AND relname NOT IN ('schema_migrations', 'copy_source') ORDER BY relname",
    "SELECT attname, format_type(atttypid, NULL), attidentity <> '' FROM pg_attribute"
    " WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
    "SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey)"
    " WHERE i.indrelid = to_regclass($1) AND i.indisprimary"
    " ORDER BY array_position(CAST(i.indkey AS int2[]), a.attnum)",
    "SELECT DISTINCT CAST(CAST(confrelid AS regclass) AS text) FROM pg_constraint"
    " WHERE conrelid = to_regclass($1) AND contype = 'f' ORDER BY 1"};

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; });
  return text;
}

Result<std::vector<std::string>> names(ReadTx& tx, std::string_view sql, std::initializer_list<Value> args = {}) {
  SH_TRY(const auto rows, query(tx, sql, args));
  return rows.map([](const Row& row) { return row.text(0); });
}

Result<Table> read(ReadTx& tx, const Catalogue& ask, const std::string& name) {
  Table table{.name = name};
  SH_TRY(const auto columns, query(tx, ask.columns, {name}));
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const auto type = lower(columns[i].text(1));
    table.columns.push_back(
        {.name = columns[i].text(0), .is_real = type == "double precision", .is_text = type == "text"});
    table.counts = table.counts || columns[i].boolean(2);
  }
  SH_TRY(table.key, names(tx, ask.key, {name}));
  SH_TRY(table.references, names(tx, ask.references, {name}));
  std::erase(table.references, name);
  return table;
}

bool is_in(const std::vector<Table>& tables, const std::string& name) {
  return std::ranges::find(tables, name, &Table::name) != tables.end();
}

// Takes the first that needs nothing that is still to come; there are no circles.
std::vector<Table> by_reference(std::vector<Table> tables) {
  std::vector<Table> out;
  while (!tables.empty()) {
    const auto ready = std::ranges::find_if(tables, [&](const Table& table) {
      return std::ranges::none_of(table.references, [&](const auto& name) { return is_in(tables, name); });
    });
    const auto next = ready == tables.end() ? tables.begin() : ready;
    out.push_back(std::move(*next));
    tables.erase(next);
  }
  return out;
}

}  // namespace

Result<bool> has_table(ReadTx& tx, std::string_view name) {
  const bool in_sqlite = tx.connection().dialect() == Dialect::sqlite;
  SH_TRY(const auto rows,
         query(tx,
               in_sqlite ? "SELECT 1 FROM sqlite_schema WHERE name = $1" : "SELECT 1 WHERE to_regclass($1) IS NOT NULL",
               {name}));
  return !rows.empty();
}

Result<std::vector<Table>> tables_of(ReadTx& tx) {
  const auto& ask = tx.connection().dialect() == Dialect::sqlite ? sqlite : postgres;
  SH_TRY(const auto all, names(tx, ask.tables));
  std::vector<Table> tables;
  for (const auto& name : all) {
    SH_TRY(auto table, read(tx, ask, name));
    tables.push_back(std::move(table));
  }
  return by_reference(std::move(tables));
}

}  // namespace soundhub::storage
