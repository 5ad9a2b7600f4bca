// SPDX-License-Identifier: AGPL-3.0-or-later
// Looks at every statement that the tests before it have run; the last of the list in CMakeLists.txt for that.
#include "soundhub/storage/testing/statements.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <vector>

#include "soundhub/storage/testing/temp_database.hpp"

namespace soundhub::storage {
namespace {

using ::testing::IsEmpty;

/// Statements of the repositories; tests write others, over tables of their own.
std::map<std::string, std::vector<std::string>> plans() {
  testing::TempDatabase db;
  const auto written = testing::written_sql(STORAGE_SOURCES);
  std::map<std::string, std::vector<std::string>> out;
  for (const auto& sql : testing::seen_statements()) {
    if (sql.find("copy_source") != std::string::npos) continue;  // a table that is there while a copy runs
    for (const auto& part : written)
      if (sql.starts_with(part) && !out.contains(sql)) out[sql] = testing::explain(*db, sql);
  }
  return out;
}

/// A table read from one end to the other; not the walk in the order of an index that LIMIT ends. An INSERT's scans
/// are of the tables that refer to it, and run only while a deferred reference is open: we have none.
bool reads_a_whole_table(const std::string& sql, const std::string& step) {
  if (sql.starts_with("INSERT INTO ")) return false;
  if (testing::on_postgres()) return step.find("Seq Scan on ") != std::string::npos;
  if (!step.starts_with("SCAN ") || step.starts_with("SCAN CONSTANT ROW")) return false;
  return sql.find(" LIMIT ") == std::string::npos;
}

bool sorts(const std::string& step) {
  return step.find(testing::on_postgres() ? "Sort  (" : "USE TEMP B-TREE FOR ORDER BY") != std::string::npos;
}

/// Why a statement may, by how it begins.
using Excuses = std::map<std::string, std::string>;
bool is_excused(const std::string& sql, const Excuses& excuses) {
  for (const auto* catalogue : {"sqlite_", "pragma_", "pg_", "regclass"})  // as long as the schema
    if (sql.find(catalogue) != std::string::npos) return true;
  return std::ranges::any_of(excuses, [&](const auto& excuse) { return sql.starts_with(excuse.first); });
}

TEST(Statements, NoListSortsAWholeTable) {
  const Excuses excuses{{"SELECT a.key FROM (SELECT DISTINCT", "ten pages, each in the order of its index"},
                        {"UPDATE jobs SET state = 'running'", "of each kind the first few, in the order of its index"},
                        {"SELECT kind, count(*)", "the queue and what failed, not the table"}};
  for (const auto& [sql, steps] : plans())
    for (const auto& step : steps) EXPECT_TRUE(is_excused(sql, excuses) || !sorts(step)) << sql << '\n' << step;
}

TEST(Statements, NoneReadsAWholeTable) {
  const Excuses excuses{{"SELECT kind, count(*)", "by an index of the queue and what failed"}};
  for (const auto& [sql, steps] : plans())
    for (const auto& step : steps)
      EXPECT_TRUE(is_excused(sql, excuses) || !reads_a_whole_table(sql, step)) << sql << '\n' << step;
}

/// Asks a catalogue or uses a word that only the other database has.
bool is_for_the_other(const std::string& sql) {
  using Words = std::vector<std::string>;
  const auto words = testing::on_postgres() ? Words{"sqlite_", "pragma_", "id = $3 AND state = 'queued' RETURNING"}
                                            : Words{"pg_", "regclass", "SKIP LOCKED", "state = 'queued' AND id IN (",
                                                    "information_schema"};
  return std::ranges::any_of(words, [&](const auto& word) { return sql.find(word) != std::string::npos; });
}

TEST(Statements, EachOneWasRun) {
  auto written = testing::written_sql(STORAGE_SOURCES);
  EXPECT_GT(written.size(), 80u);
  std::erase_if(written, is_for_the_other);
  EXPECT_THAT(testing::unseen_sql(written), IsEmpty());
}

}  // namespace
}  // namespace soundhub::storage
