// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/storage/database.hpp"

#include <algorithm>
#include <random>
#include <thread>

#include "postgres.hpp"
#include "postgres_signal.hpp"
#include "sessions.hpp"
#include "sql.hpp"
#include "sqlite.hpp"
#include "sqlite_signal.hpp"

namespace soundhub::storage {

Database::Database(std::unique_ptr<Sessions> sessions, MakeSignal make_signal)
    : sessions_{std::move(sessions)}, make_signal_{std::move(make_signal)} {}
Database::~Database() = default;

Result<std::unique_ptr<Database>> Database::open_sqlite(const std::string& path, SqliteOptions options) {
  auto connect = [path, hooks = options.hooks](bool writer) { return SqliteConnection::open(path, writer, hooks); };
  auto sessions = std::make_unique<Sessions>(
      Sessions::Limits{.readers = options.readers, .writers = 1, .patience = options.patience}, std::move(connect));
  std::unique_ptr<Database> db{new Database{std::move(sessions), [] { return std::make_unique<SqliteSignal>(); }}};
  // The file must be there, and ours to write, before anyone asks for a reader.
  SH_CHECK(db->write([](WriteTx&) -> Result<void> { return {}; }));
  return db;
}

Result<std::unique_ptr<Database>> Database::open_postgres(const PostgresOptions& options) {
  auto sessions = std::make_unique<Sessions>(
      Sessions::Limits{.readers = options.readers, .writers = options.writers, .patience = options.patience},
      [options](bool) { return PostgresConnection::open(options); });
  std::unique_ptr<Database> db{
      new Database{std::move(sessions), [options] { return std::make_unique<PostgresSignal>(options); }}};
  SH_CHECK(db->ping());
  return db;
}

Result<void> Database::ping() {
  return read([](ReadTx& tx) { return query(tx, "SELECT 1").map([](const Rows&) {}); });
}

std::unique_ptr<EventSignal> Database::event_signal() const {
  return make_signal_();
}

Result<Database::Session> Database::begin(bool write, Isolation isolation) {
  return sessions_->take(write, isolation).map([this](Connection* connection) {
    return Session{*sessions_, *connection};
  });
}

// Longer each time and never the same, or those that collided would collide again.
void Database::pause(int attempt) {
  std::random_device random;
  const int most_us = 1000 << std::min(attempt, 7);
  std::this_thread::sleep_for(std::chrono::microseconds{std::uniform_int_distribution{0, most_us}(random)});
}

Database::Session::~Session() {
  if (sessions_) sessions_->give_back(*connection_);
}

Result<void> Database::Session::commit() {
  return connection_->commit();
}

bool Database::Session::interrupted() const {
  return connection_->interrupted();
}

}  // namespace soundhub::storage
