// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "soundhub/storage/database.hpp"

namespace soundhub::storage::testing {

/// Every distinct statement that a TempDatabase of this process has prepared.
std::set<std::string> seen_statements();

/// The planner's steps for a statement ("SCAN song", "USE TEMP B-TREE FOR ORDER BY"; of PostgreSQL "Seq Scan on
/// song", "Sort"); needs no data. Empty for what has no plan (BEGIN).
std::vector<std::string> explain(Database& db, const std::string& sql);

/// The string literals in a folder's .cpp files that are SQL (a statement or one of its clauses).
std::set<std::string> written_sql(const std::filesystem::path& folder);

/// Those that are a part of no seen statement: code that no test has run.
std::set<std::string> unseen_sql(const std::set<std::string>& written);

}  // namespace soundhub::storage::testing
