// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/storage/testing/temp_database.hpp"

#include <cstdlib>
#include <stdexcept>

#include "recorder.hpp"

namespace soundhub::storage::testing {

TempFolder::TempFolder() {
  auto pattern = (std::filesystem::temp_directory_path() / "soundhub-test-XXXXXX").string();
  if (!::mkdtemp(pattern.data())) throw std::runtime_error("mkdtemp " + pattern);
  path_ = pattern;
}

TempFolder::~TempFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

TempDatabase::TempDatabase(std::span<const Migration> steps) {
  auto opened = Database::open_sqlite(file(), {.on_statement = record});
  if (!opened) throw std::runtime_error(opened.error().detail);
  db_ = std::move(*opened);
  if (auto done = migrate(*db_, steps); !done) throw std::runtime_error(done.error().detail);
}

}  // namespace soundhub::storage::testing
