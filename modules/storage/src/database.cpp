// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/storage/database.hpp"

#include "connection.hpp"
#include "sessions.hpp"
#include "sqlite.hpp"

namespace soundhub::storage {

Database::Database(std::unique_ptr<Sessions> sessions) : sessions_{std::move(sessions)} {}
Database::~Database() = default;

Result<std::unique_ptr<Database>> Database::open_sqlite(const std::string& path, SqliteOptions options) {
  auto connect = [path, seen = std::move(options.on_statement)](bool writer) {
    return SqliteConnection::open(path, writer, seen);
  };
  auto sessions = std::make_unique<Sessions>(
      Sessions::Limits{.readers = options.readers, .writers = 1, .patience = options.patience}, std::move(connect));
  std::unique_ptr<Database> db{new Database{std::move(sessions)}};
  // The file must be there, and ours to write, before anyone asks for a reader.
  SH_CHECK(db->write([](WriteTx&) -> Result<void> { return {}; }));
  return db;
}

Result<Database::Session> Database::begin(bool write) {
  return sessions_->take(write).map([this](Connection* connection) { return Session{*sessions_, *connection}; });
}

Database::Session::~Session() {
  if (sessions_) sessions_->give_back(*connection_);
}

Result<void> Database::Session::commit() {
  return connection_->commit();
}

}  // namespace soundhub::storage
