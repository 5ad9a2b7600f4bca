// SPDX-License-Identifier: AGPL-3.0-or-later
#include "sqlite.hpp"

#include <fcntl.h>

#include <cerrno>
#include <chrono>
#include <thread>

#include "soundhub/base/fd.hpp"

namespace soundhub::storage {
namespace {

// Texts are few (repositories write them); a bound in case one is ever built from a list.
constexpr std::size_t most_statements = 512;

void bind(sqlite3_stmt* stmt, int at, const Value& value) {
  struct Bind {
    sqlite3_stmt* stmt;
    int at;
    void operator()(std::nullptr_t) const { sqlite3_bind_null(stmt, at); }
    void operator()(std::int64_t v) const { sqlite3_bind_int64(stmt, at, v); }
    void operator()(double v) const { sqlite3_bind_double(stmt, at, v); }
    // The arguments outlive the run, so SQLite needn't copy them.
    void operator()(const std::string& v) const {
      sqlite3_bind_text64(stmt, at, v.data(), v.size(), SQLITE_STATIC, SQLITE_UTF8);
    }
    void operator()(const Bytes& v) const {
      sqlite3_bind_blob64(stmt, at, v.empty() ? "" : static_cast<const void*>(v.data()), v.size(), SQLITE_STATIC);
    }
  };
  std::visit(Bind{stmt, at}, value.held());
}

Value column(sqlite3_stmt* stmt, int i) {
  const auto size = [&] { return static_cast<std::size_t>(sqlite3_column_bytes(stmt, i)); };
  switch (sqlite3_column_type(stmt, i)) {
    case SQLITE_INTEGER:
      return std::int64_t{sqlite3_column_int64(stmt, i)};
    case SQLITE_FLOAT:
      return sqlite3_column_double(stmt, i);
    case SQLITE_TEXT: {
      const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(stmt, i));
      return std::string{text, size()};
    }
    case SQLITE_BLOB: {
      const auto* bytes = static_cast<const std::byte*>(sqlite3_column_blob(stmt, i));
      return Bytes(bytes, bytes + size());
    }
    default:
      return nullptr;
  }
}

Error error_of(int extended_code, std::string detail) {
  switch (extended_code) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
      return {Errc::conflict, "storage.unique", std::move(detail)};
    case SQLITE_CONSTRAINT_FOREIGNKEY:
      return {Errc::conflict, "storage.reference", std::move(detail)};
    default:
      break;
  }
  switch (extended_code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {Errc::unavailable, "storage.busy", std::move(detail)};
    case SQLITE_FULL:
      return {Errc::unavailable, "storage.full", std::move(detail)};
    default:
      return {Errc::internal, "storage.failed", std::move(detail)};
  }
}

// SQLite would make it readable by all; its -wal and -shm files take the mode of this one.
// Only a file that isn't there is opened: closing a descriptor of one that is would drop the locks that other
// connections of this process hold on it (POSIX; https://www.sqlite.org/howtocorrupt.html 2.2).
Result<void> make_private_file(const std::string& path) {
  const Fd fd{::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
  if (!fd && errno != EEXIST) return fail_errno("open " + path);
  return {};
}

constexpr std::chrono::seconds patience{10};
constexpr std::chrono::milliseconds look_again{5};

}  // namespace

Result<std::unique_ptr<Connection>> SqliteConnection::open(const std::string& path, bool writer, const Hooks& hooks) {
  if (writer) SH_CHECK(make_private_file(path));
  sqlite3* raw{};
  const int code = sqlite3_open_v2(path.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  Handle handle{raw};
  if (code != SQLITE_OK) return fail(Errc::internal, "storage.failed", "open " + path + ": " + sqlite3_errstr(code));
  sqlite3_extended_result_codes(raw, 1);
  std::unique_ptr<SqliteConnection> connection{new SqliteConnection{std::move(handle), hooks}};
  SH_CHECK(connection->script("PRAGMA busy_timeout=10000;"));
  SH_CHECK(connection->enter_wal());
  SH_CHECK(
      connection->script("PRAGMA synchronous=FULL;"  // in WAL mode NORMAL may lose the last commits at power loss
                         "PRAGMA foreign_keys=ON;"
                         "PRAGMA temp_store=MEMORY;"
                         "PRAGMA journal_size_limit=67108864;"));
  if (!writer) SH_CHECK(connection->script("PRAGMA query_only=ON;"));
  return connection;
}

// Where two turn a new file to WAL at once, SQLite tells one of them "busy" without waiting, whatever the timeout.
Result<void> SqliteConnection::enter_wal() {
  const auto until = std::chrono::steady_clock::now() + patience;
  for (;;) {
    const auto done = script("PRAGMA journal_mode=WAL;");
    if (done || done.error().key != "storage.busy" || std::chrono::steady_clock::now() > until) return done;
    std::this_thread::sleep_for(look_again);
  }
}

// A filesystem without shared memory keeps the old mode and says nothing; readers would then wait for the writer.
Result<void> SqliteConnection::use_wal() {
  SH_TRY(const auto rows, query("PRAGMA journal_mode=WAL"));
  const auto& mode = rows.front().text(0);
  if (mode != "wal") return fail(Errc::internal, "storage.failed", "no WAL on this filesystem, only " + mode);
  return {};
}

tl::unexpected<Error> SqliteConnection::failure(std::string_view sql) const {
  return tl::unexpected(error_of(sqlite3_extended_errcode(handle_.get()),
                                 std::string{sqlite3_errmsg(handle_.get())} + " in: " + std::string{sql}));
}

Result<SqliteConnection::Statement*> SqliteConnection::prepared(std::string_view sql) {
  if (const auto known = statements_.find(sql); known != statements_.end()) return &known->second;
  if (statements_.size() >= most_statements) statements_.clear();
  sqlite3_stmt* raw{};
  const int code = sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
  Statement statement;
  statement.handle.reset(raw);
  if (code != SQLITE_OK) return failure(sql);
  for (int n = 1; n <= sqlite3_bind_parameter_count(raw); ++n)
    statement.positions.push_back(sqlite3_bind_parameter_index(raw, ("$" + std::to_string(n)).c_str()));
  tell_prepared(sql);
  return &statements_.emplace(sql, std::move(statement)).first->second;
}

Result<Rows> SqliteConnection::run_query(std::string_view sql, std::span<const Value> args) {
  SH_TRY(auto* statement, prepared(sql));
  if (args.size() != statement->positions.size())
    return fail(Errc::internal, "storage.failed", "wrong number of arguments for: " + std::string{sql});
  sqlite3_stmt* stmt = statement->handle.get();
  struct Reset {
    sqlite3_stmt* stmt;
    ~Reset() { sqlite3_reset(stmt); }
  } reset{stmt};
  for (std::size_t i = 0; i < args.size(); ++i) bind(stmt, statement->positions[i], args[i]);

  const int columns = sqlite3_column_count(stmt);
  Rows rows{static_cast<std::size_t>(columns)};
  int code;
  while ((code = sqlite3_step(stmt)) == SQLITE_ROW)
    for (int i = 0; i < columns; ++i) rows.push(column(stmt, i));
  if (code != SQLITE_DONE) return failure(sql);
  if (!sqlite3_stmt_readonly(stmt)) rows.set_affected(sqlite3_changes64(handle_.get()));
  return rows;
}

Result<void> SqliteConnection::run_script(std::string_view sql) {
  if (sqlite3_exec(handle_.get(), std::string{sql}.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
    return failure(sql);
  return {};
}

Result<void> SqliteConnection::run(std::string_view sql) {
  SH_TRY(auto* statement, prepared(sql));
  const int code = sqlite3_step(statement->handle.get());
  auto result = code == SQLITE_DONE ? Result<void>{} : Result<void>{failure(sql)};
  sqlite3_reset(statement->handle.get());
  return result;
}

Result<void> SqliteConnection::run_begin(bool write, Isolation) {
  return run(write ? "BEGIN IMMEDIATE" : "BEGIN");
}
Result<void> SqliteConnection::run_commit() {
  return run("COMMIT");
}

void SqliteConnection::rollback() noexcept {
  // A full disk or an I/O error has ended the transaction already.
  if (!sqlite3_get_autocommit(handle_.get())) (void)run("ROLLBACK");
}

}  // namespace soundhub::storage
