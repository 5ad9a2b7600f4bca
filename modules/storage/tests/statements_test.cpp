// SPDX-License-Identifier: AGPL-3.0-or-later
// Looks at every statement that the tests before it have run; the last of the list in CMakeLists.txt for that.
#include "soundhub/storage/testing/statements.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "soundhub/storage/testing/temp_database.hpp"

namespace soundhub::storage {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

/// Statements of the repositories; tests write others, over tables of their own.
std::map<std::string, std::vector<std::string>> plans() {
  testing::TempDatabase db;
  const auto written = testing::written_sql(STORAGE_SOURCES);
  std::map<std::string, std::vector<std::string>> out;
  for (const auto& sql : testing::seen_statements())
    for (const auto& part : written)
      if (sql.starts_with(part) && !out.contains(sql)) out[sql] = testing::explain(*db, sql);
  return out;
}

/// A table read from one end to the other; not the walk in the order of an index that LIMIT ends. An INSERT's scans
/// are of the tables that refer to it, and run only while a deferred reference is open: we have none.
bool reads_a_whole_table(const std::string& sql, const std::string& step) {
  if (sql.starts_with("INSERT INTO ")) return false;
  if (!step.starts_with("SCAN ") || step.starts_with("SCAN CONSTANT ROW")) return false;
  return sql.find(" LIMIT ") == std::string::npos;
}

TEST(Statements, NoListSortsAWholeTable) {
  for (const auto& [sql, steps] : plans())
    for (const auto& step : steps) EXPECT_THAT(step, Not(HasSubstr("USE TEMP B-TREE FOR ORDER BY"))) << sql;
}

TEST(Statements, NoneReadsAWholeTable) {
  const std::map<std::string, std::string> excused{
      {"SELECT 1 FROM sqlite_schema WHERE name = 'schema_migrations'", "once at the start; as long as the schema"}};
  for (const auto& [sql, steps] : plans())
    for (const auto& step : steps)
      EXPECT_TRUE(excused.contains(sql) || !reads_a_whole_table(sql, step)) << sql << '\n' << step;
}

TEST(Statements, EachOneWasRun) {
  const auto written = testing::written_sql(STORAGE_SOURCES);
  EXPECT_GT(written.size(), 80u);
  EXPECT_THAT(testing::unseen_sql(written), IsEmpty());
}

}  // namespace
}  // namespace soundhub::storage
