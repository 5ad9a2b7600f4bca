// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/storage/testing/statements.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <mutex>
#include <regex>
#include <stdexcept>

#include "recorder.hpp"
#include "sql.hpp"

namespace soundhub::storage::testing {
namespace {

// One per test process: the last test asks about all the tests before it.
struct Recorded {
  std::mutex mutex;
  std::set<std::string> statements;
};
Recorded& recorded() {
  static Recorded all;
  return all;
}

std::string squeezed(const std::string& text) {
  return std::regex_replace(text, std::regex{R"(\s+)"}, " ");
}

bool is_sql(const std::string& literal) {
  static const std::regex clause{
      R"(^ ?(SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH|WHERE|AND|OR|ORDER BY|GROUP BY|LIMIT|ON CONFLICT|RETURNING|JOIN|LEFT JOIN) .*)"};
  static const std::regex condition{R"(^[a-z_.]+ (=|<|>|<=|>=|<>|IN|IS|LIKE|MATCH) ?.*)"};
  return std::regex_match(literal, clause) || std::regex_match(literal, condition);
}

// Adjacent literals, "SELECT a, " "b", are one; R"sql(…)sql" too.
std::vector<std::string> literals(const std::string& source) {
  static const std::regex run{R"re((R"sql\(([\s\S]*?)\)sql"|"((?:[^"\\\n]|\\.)*)")(?:\s*"(?:[^"\\\n]|\\.)*")*)re"};
  static const std::regex one{R"re(R"sql\(([\s\S]*?)\)sql"|"((?:[^"\\\n]|\\.)*)")re"};
  std::vector<std::string> out;
  for (std::sregex_iterator it{source.begin(), source.end(), run}, end; it != end; ++it) {
    const std::string text = it->str();
    std::string joined;
    for (std::sregex_iterator piece{text.begin(), text.end(), one}; piece != end; ++piece)
      joined += (*piece)[1].matched ? (*piece)[1].str() : (*piece)[2].str();
    out.push_back(squeezed(joined));
  }
  return out;
}

std::size_t arguments_of(const std::string& sql) {
  static const std::regex argument{R"(\$(\d+))"};
  std::size_t most = 0;
  for (std::sregex_iterator it{sql.begin(), sql.end(), argument}, end; it != end; ++it)
    most = std::max(most, static_cast<std::size_t>(std::stoul((*it)[1])));
  return most;
}

Result<Rows> sqlite_plan(WriteTx& tx, const std::string& sql) {
  const std::vector<Value> unset(arguments_of(sql));
  return tx.connection().query("EXPLAIN QUERY PLAN " + sql, unset);
}

// The plan for any arguments; a scan or sort that stays in it can't be avoided.
Result<Rows> postgres_plan(WriteTx& tx, const std::string& sql) {
  SH_CHECK(tx.connection().script(
      "SET LOCAL plan_cache_mode = force_generic_plan; SET LOCAL enable_sort = off; PREPARE explained AS " + sql));
  std::string arguments;
  for (std::size_t i = 0; i < arguments_of(sql); ++i) arguments += i == 0 ? "(NULL" : ", NULL";
  if (!arguments.empty()) arguments += ")";
  SH_TRY(auto rows, tx.connection().query("EXPLAIN EXECUTE explained" + arguments));
  SH_CHECK(tx.connection().script("DEALLOCATE explained"));
  return rows;
}

}  // namespace

void record(std::string_view sql) {
  const std::lock_guard lock{recorded().mutex};
  recorded().statements.emplace(sql);
}

std::set<std::string> seen_statements() {
  const std::lock_guard lock{recorded().mutex};
  return recorded().statements;
}

std::vector<std::string> explain(Database& db, const std::string& sql) {
  static const std::regex has_plan{R"(^\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b[\s\S]*)"};
  if (!std::regex_match(sql, has_plan)) return {};
  const auto steps = db.write([&](WriteTx& tx) -> Result<std::vector<std::string>> {
    const bool sqlite = tx.connection().dialect() == Dialect::sqlite;
    SH_TRY(const auto rows, sqlite ? sqlite_plan(tx, sql) : postgres_plan(tx, sql));
    return rows.map([&](const Row& row) { return row.text(sqlite ? 3 : 0); });
  });
  if (!steps) throw std::runtime_error(steps.error().detail);
  return *steps;
}

std::set<std::string> written_sql(const std::filesystem::path& folder) {
  std::set<std::string> out;
  for (const auto& entry : std::filesystem::recursive_directory_iterator{folder}) {
    if (entry.path().extension() != ".cpp") continue;
    std::ifstream in{entry.path()};
    const std::string source{std::istreambuf_iterator<char>{in}, {}};
    for (auto& literal : literals(source))
      if (is_sql(literal)) out.insert(std::move(literal));
  }
  return out;
}

std::set<std::string> unseen_sql(const std::set<std::string>& written) {
  std::vector<std::string> seen;
  for (const auto& sql : seen_statements()) seen.push_back(squeezed(sql));
  std::set<std::string> out;
  for (const auto& part : written)
    if (std::ranges::none_of(seen, [&](const auto& sql) { return sql.find(part) != std::string::npos; }))
      out.insert(part);
  return out;
}

}  // namespace soundhub::storage::testing
