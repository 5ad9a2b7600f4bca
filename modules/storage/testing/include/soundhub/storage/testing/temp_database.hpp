// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <memory>
#include <span>
#include <string>

#include "soundhub/storage/database.hpp"
#include "soundhub/storage/migrations.hpp"
#include "soundhub/storage/testing/temp_folder.hpp"
#include "soundhub/storage/testing/temp_postgres.hpp"

namespace soundhub::storage::testing {

enum class Kind { sqlite, postgres };
/// What this run of the tests is about: SQLite, or PostgreSQL with SOUNDHUB_TEST_DATABASE=postgres. ctest runs the
/// test programs that stand on a database once with each (soundhub_test_on_postgres in cmake).
Kind kind();
inline bool on_postgres() {
  return kind() == Kind::postgres;
}

/// A real database of kind() with the migrated schema. Each statement it prepares is recorded (statements.hpp).
/// Throws std::runtime_error if it can't be made.
class TempDatabase {
 public:
  TempDatabase() : TempDatabase(migrations()) {}
  explicit TempDatabase(std::span<const Migration> steps);
  Database& operator*() { return *db_; }
  Database* operator->() { return db_.get(); }
  /// As another process would.
  std::unique_ptr<Database> open_again() const { return open_at(address()); }
  /// For a process that is forked: the file, or the URL.
  std::string address() const;
  static std::unique_ptr<Database> open_at(const std::string& address);

 private:
  TempFolder folder_;
  std::unique_ptr<TempPostgresDatabase> postgres_;
  std::unique_ptr<Database> db_;
};

}  // namespace soundhub::storage::testing
