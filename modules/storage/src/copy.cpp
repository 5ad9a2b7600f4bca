// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/storage/copy.hpp"

#include <algorithm>

#include "soundhub/storage/migrations.hpp"
#include "table_rows.hpp"

namespace soundhub::storage {
namespace {

// SQLite's bound is 32766 arguments a statement.
constexpr std::size_t most_arguments = 30'000;

int rows_at_once(const Table& table, const CopyOptions& options) {
  const auto fitting = most_arguments / std::max<std::size_t>(table.columns.size(), 1);
  return std::clamp(static_cast<int>(fitting), 1, std::max(options.batch_rows, 1));
}

Result<bool> is_empty(ReadTx& tx, const std::vector<Table>& tables) {
  for (const auto& table : tables) {
    SH_TRY(const auto key, table_rows::last_key(tx, table));
    if (!key.empty()) return false;
  }
  return true;
}

// The target says whose copy it is as long as it isn't whole.
Result<void> claim(WriteTx& tx, const std::vector<Table>& tables, const std::string& source) {
  SH_TRY(const bool begun, has_table(tx, copy_marker));
  if (begun) {
    SH_TRY(const auto rows, query(tx, "SELECT source FROM copy_source LIMIT 1"));
    if (!rows.empty() && rows.front().text(0) == source) return {};
    return fail(Errc::conflict, "storage.target_not_empty", "it holds a part of a copy of something else");
  }
  SH_TRY(const bool empty, is_empty(tx, tables));
  if (!empty) return fail(Errc::conflict, "storage.target_not_empty", "it has rows already");
  SH_CHECK(tx.connection().script("CREATE TABLE copy_source(source TEXT PRIMARY KEY)"));
  SH_CHECK(query(tx, "INSERT INTO copy_source(source) VALUES($1)", {source}));
  return {};
}

Result<void> copy_table(ReadTx& source, Database& to, const Table& table, const CopyOptions& options) {
  SH_TRY(auto key, to.read([&](ReadTx& tx) { return table_rows::last_key(tx, table); }));
  SH_TRY(auto copied, to.read([&](ReadTx& tx) { return table_rows::count(tx, table); }));
  for (;;) {
    SH_TRY(const auto rows, table_rows::after(source, table, key, rows_at_once(table, options)));
    if (rows.empty()) break;
    SH_CHECK(to.write([&](WriteTx& tx) { return table_rows::insert(tx, table, rows); }, Isolation::per_statement));
    key = table_rows::key_of(table, rows[rows.size() - 1]);
    copied += static_cast<std::int64_t>(rows.size());
    if (options.progress) options.progress(table.name, copied);
  }
  if (!table.counts) return {};
  SH_TRY(const auto counter, table_rows::counter(source, table));
  return to.write([&](WriteTx& tx) { return table_rows::set_counter(tx, table, counter); });
}

Result<CopiedTable> compare(ReadTx& source, Database& to, const Table& table) {
  SH_TRY(const auto there, table_rows::digest(source, table));
  SH_TRY(const auto here, to.read([&](ReadTx& tx) { return table_rows::digest(tx, table); }));
  if (there == here) return CopiedTable{.name = table.name, .rows = here.rows, .sha256 = here.sha256};
  return fail(Errc::conflict, "storage.copy_differs",
              table.name + ": " + std::to_string(there.rows) + " rows in the source, " + std::to_string(here.rows) +
                  " in the target");
}

Result<std::vector<Table>> same_tables(ReadTx& source, Database& to) {
  SH_TRY(const int version, schema_version(source));
  SH_TRY(const int wanted, to.read([](ReadTx& tx) { return schema_version(tx); }));
  SH_TRY(auto tables, tables_of(source));
  SH_TRY(const auto there, to.read([](ReadTx& tx) { return tables_of(tx); }));
  if (version == wanted && tables == there) return tables;
  return fail(Errc::conflict, "storage.schema_differs",
              "the source is at step " + std::to_string(version) + ", this program at " + std::to_string(wanted));
}

Result<std::vector<CopiedTable>> copy(ReadTx& source, Database& to, const CopyOptions& options) {
  SH_TRY(const auto tables, same_tables(source, to));
  SH_CHECK(to.write([&](WriteTx& tx) { return claim(tx, tables, options.source); }));
  for (const auto& table : tables) SH_CHECK(copy_table(source, to, table, options));
  std::vector<CopiedTable> out;
  for (const auto& table : tables) {
    SH_TRY(auto copied, compare(source, to, table));
    out.push_back(std::move(copied));
  }
  SH_CHECK(to.write([](WriteTx& tx) { return tx.connection().script("DROP TABLE copy_source"); }));
  return out;
}

}  // namespace

Result<std::vector<CopiedTable>> copy_database(Database& from, Database& to, const CopyOptions& options) {
  SH_CHECK(migrate(to, migrations()));
  // One look at the source from beginning to end.
  return from.read([&](ReadTx& source) { return copy(source, to, options); });
}

}  // namespace soundhub::storage
