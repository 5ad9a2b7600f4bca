// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include "soundhub/storage/database.hpp"
#include "soundhub/storage/migrations.hpp"

namespace soundhub::storage::testing {

/// A folder of its own under the system's temporary one, gone with the object.
class TempFolder {
 public:
  TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  ~TempFolder();
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// A real SQLite file with the migrated schema. Each statement it prepares is recorded (statements.hpp).
/// Throws std::runtime_error if it can't be made.
class TempDatabase {
 public:
  TempDatabase() : TempDatabase(migrations()) {}
  explicit TempDatabase(std::span<const Migration> steps);
  Database& operator*() { return *db_; }
  Database* operator->() { return db_.get(); }
  std::string file() const { return folder_.path() / "soundhub.db"; }

 private:
  TempFolder folder_;
  std::unique_ptr<Database> db_;
};

}  // namespace soundhub::storage::testing
