// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/storage/migrations.hpp"

#include <charconv>

#include "sql.hpp"

namespace soundhub::storage {
namespace {

int number_of(const Migration& step) {
  int number = 0;
  std::from_chars(step.file.data(), step.file.data() + step.file.size(), number);
  return number;
}

Result<int> version(ReadTx& tx) {
  SH_TRY(const auto rows, query(tx, "SELECT version FROM schema_migrations ORDER BY version DESC LIMIT 1"));
  return rows.empty() ? 0 : rows.front().small(0);
}

Result<void> prepare(WriteTx& tx) {
  return tx.connection().script(
      "CREATE TABLE IF NOT EXISTS schema_migrations(version INTEGER PRIMARY KEY, file TEXT NOT NULL)");
}

// The version is asked again inside: another process may have done this step meanwhile.
Result<void> apply(WriteTx& tx, const Migration& step) {
  SH_TRY(const int done, version(tx));
  if (done >= number_of(step)) return {};
  SH_CHECK(tx.connection().script(step.text));
  return execute(tx, "INSERT INTO schema_migrations(version, file) VALUES($1, $2)", {number_of(step), step.file})
      .map([](auto) {});
}

}  // namespace

Result<int> schema_version(ReadTx& tx) {
  SH_TRY(const auto rows, query(tx, "SELECT 1 FROM sqlite_schema WHERE name = 'schema_migrations'"));
  return rows.empty() ? Result<int>{0} : version(tx);
}

Result<void> migrate(Database& db, std::span<const Migration> steps) {
  SH_TRY(const int done, db.read([](ReadTx& tx) { return schema_version(tx); }));
  const int last = steps.empty() ? 0 : number_of(steps.back());
  if (done > last)
    return fail(Errc::conflict, "storage.newer",
                "the database has step " + std::to_string(done) + ", this program knows " + std::to_string(last));
  if (done == last) return {};
  SH_CHECK(db.write([](WriteTx& tx) { return prepare(tx); }));
  for (const auto& step : steps) SH_CHECK(db.write([&](WriteTx& tx) { return apply(tx, step); }));
  return {};
}

Result<void> migrate(Database& db) {
  return migrate(db, migrations());
}

}  // namespace soundhub::storage
