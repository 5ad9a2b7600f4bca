// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <chrono>
#include <concepts>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "soundhub/base/error.hpp"

namespace soundhub::storage {

class Connection;  // a driver; only this module's sources know what it can do
class Sessions;

/// Proof that a transaction is open: all reads inside it see one state of the database. A function that writes asks
/// for a WriteTx, so calling it inside a read transaction does not compile. Lives on the stack of `Database::read`
/// or `write` and belongs to that thread.
class ReadTx {
 public:
  ReadTx(const ReadTx&) = delete;
  ReadTx& operator=(const ReadTx&) = delete;
  Connection& connection() noexcept { return connection_; }

 protected:
  friend class Database;
  explicit ReadTx(Connection& connection) : connection_{connection} {}
  ~ReadTx() = default;

 private:
  Connection& connection_;
};

class WriteTx final : public ReadTx {
  friend class Database;
  using ReadTx::ReadTx;
};

struct SqliteOptions {
  int readers{8};                              ///< most read transactions at once; the next waits its turn
  std::chrono::milliseconds patience{10'000};  ///< longest wait for one's turn, then unavailable "storage.busy"
  /// Called when a connection prepares a statement it hasn't seen, on that thread (the tests' recorder).
  std::function<void(std::string_view sql)> on_statement{};
};

/// The database. Thread-safe. Many readers, one writer; nobody waits for a reader, and readers never wait.
///
/// `work` takes the transaction and returns a `Result<T>`; keep it short, and never call a child, the network or a
/// blob store inside it. A transaction inside another one on the same thread is a bug: internal "storage.nested".
///
/// Errors of the statements, beside what the repositories say themselves:
///   conflict "storage.unique" (the detail names the columns), conflict "storage.reference" (a row that is named
///   isn't there, or one that is still named would go), unavailable "storage.busy", unavailable "storage.full",
///   internal "storage.failed".
class Database {
 public:
  /// Opens or creates the file (mode 0600) in WAL mode. A commit that returned has been flushed to the disk.
  static Result<std::unique_ptr<Database>> open_sqlite(const std::string& path, SqliteOptions options = {});
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database();

  template <std::invocable<ReadTx&> F>
  auto read(F&& work) -> std::invoke_result_t<F, ReadTx&> {
    auto session = begin(false);
    if (!session) return tl::unexpected(std::move(session).error());
    ReadTx tx{session->connection()};
    return std::forward<F>(work)(tx);
  }

  /// Commits when `work` returns a value; rolls back when it returns an error or throws.
  template <std::invocable<WriteTx&> F>
  auto write(F&& work) -> std::invoke_result_t<F, WriteTx&> {
    auto session = begin(true);
    if (!session) return tl::unexpected(std::move(session).error());
    WriteTx tx{session->connection()};
    auto result = std::forward<F>(work)(tx);
    if (!result) return result;
    if (auto done = session->commit(); !done) return tl::unexpected(std::move(done).error());
    return result;
  }

 private:
  /// An open transaction: rolls back and hands the connection back unless committed.
  class Session {
   public:
    Session(Sessions& sessions, Connection& connection) : sessions_{&sessions}, connection_{&connection} {}
    Session(Session&& other) noexcept
        : sessions_{std::exchange(other.sessions_, nullptr)}, connection_{other.connection_} {}
    Session& operator=(Session&&) = delete;
    ~Session();
    Connection& connection() { return *connection_; }
    Result<void> commit();

   private:
    Sessions* sessions_;
    Connection* connection_;
  };

  explicit Database(std::unique_ptr<Sessions> sessions);
  Result<Session> begin(bool write);

  std::unique_ptr<Sessions> sessions_;
};

}  // namespace soundhub::storage
