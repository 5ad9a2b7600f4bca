// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/storage/testing/temp_database.hpp"

#include <cstdlib>
#include <stdexcept>
#include <string_view>

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

Kind kind() {
  const char* const wanted = std::getenv("SOUNDHUB_TEST_DATABASE");
  return wanted && std::string_view{wanted} == "postgres" ? Kind::postgres : Kind::sqlite;
}

TempDatabase::TempDatabase(std::span<const Migration> steps) {
  if (on_postgres()) postgres_ = std::make_unique<TempPostgresDatabase>();
  db_ = open_again();
  if (auto done = migrate(*db_, steps); !done) throw std::runtime_error(done.error().detail);
}

std::string TempDatabase::address() const {
  return postgres_ ? postgres_->url() : (folder_.path() / "soundhub.db").string();
}

std::unique_ptr<Database> TempDatabase::open_at(const std::string& address) {
  const Hooks hooks{.on_statement = record};
  auto opened = address.starts_with("postgresql:") ? Database::open_postgres({.url = address, .hooks = hooks})
                                                   : Database::open_sqlite(address, {.hooks = hooks});
  if (!opened) throw std::runtime_error(opened.error().detail);
  return std::move(*opened);
}

}  // namespace soundhub::storage::testing
