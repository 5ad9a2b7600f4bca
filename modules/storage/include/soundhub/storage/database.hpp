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

class Connection;   // a driver; only this module's sources know what it can do
class EventSignal;  // event_signal.hpp
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

/// What a write transaction sees of those beside it. SQLite has one writer and so always `serial`.
enum class Isolation {
  serial,        ///< as if the transactions ran one after the other: what was read stays true until the commit
  per_statement  ///< each statement sees what is committed by then: for single guarded changes (the job queue)
};

enum class Operation { begin, statement, commit };

/// Both may be empty, and are called on the thread that works; they mustn't throw.
struct Hooks {
  std::function<void(std::string_view sql)> on_statement{};  ///< a connection prepares a text it hasn't seen
  std::function<void(Operation, std::chrono::nanoseconds)> on_timing{};  ///< after each step, whether it failed or not
};

struct SqliteOptions {
  int readers{8};                              ///< most read transactions at once; the next waits its turn
  std::chrono::milliseconds patience{10'000};  ///< longest wait for one's turn, then unavailable "storage.busy"
  Hooks hooks{};
};

struct PostgresOptions {
  /// What libpq takes: "postgresql://user@host/soundhub?sslmode=verify-full&sslrootcert=/etc/…/ca.pem" or
  /// "host=… dbname=…". Over a network say sslmode=verify-full: anything less doesn't ask who answers. For a cluster
  /// of several hosts add target_session_attrs=read-write.
  std::string url;
  /// Its first line is the password; read for each new connection, so it may be changed while SoundHub runs.
  std::string password_file{};
  int readers{6};  ///< connections for read transactions, and for write transactions: made when needed
  int writers{4};
  std::chrono::milliseconds patience{10'000};           ///< as SqliteOptions
  std::chrono::seconds connect_timeout{5};              ///< per address
  std::chrono::milliseconds statement_timeout{30'000};  ///< then unavailable "storage.busy"
  std::chrono::milliseconds lock_timeout{10'000};       ///< then unavailable "storage.busy"
  std::chrono::milliseconds idle_timeout{60'000};       ///< of a transaction whose process says nothing more
  std::chrono::milliseconds silence_timeout{15'000};    ///< of a server that doesn't acknowledge: it is gone
  Hooks hooks{};
};

/// The database. Thread-safe. Many readers; one writer (SQLite) or several (PostgreSQL); readers never wait.
///
/// `work` takes the transaction and returns a `Result<T>`; keep it short, and never call a child, the network or a
/// blob store inside it. It may be run more than once: PostgreSQL ends a transaction that would break the order of
/// Isolation::serial, and a connection may die; then it is rolled back and `work` runs again on a new one, a bounded
/// number of times. So what it changes outside the database it must set, not add to. A transaction inside another one
/// on the same thread is a bug: internal "storage.nested". After a statement has failed nothing can be committed: the
/// commit fails with that error.
///
/// Errors of the statements, beside what the repositories say themselves:
///   conflict "storage.unique" (the detail names the columns), conflict "storage.reference" (a row that is named
///   isn't there, or one that is still named would go), invalid "storage.text" (a text with NUL, or not UTF-8),
///   unavailable "storage.busy", unavailable "storage.full", internal "storage.failed".
/// Of PostgreSQL alone:
///   unavailable "storage.unreachable" (nothing was changed), unavailable "storage.unknown_outcome" (the connection
///   died while it committed: the change is there or it isn't; it is never repeated).
class Database {
 public:
  /// Opens or creates the file (mode 0600) in WAL mode. A commit that returned has been flushed to the disk.
  static Result<std::unique_ptr<Database>> open_sqlite(const std::string& path, SqliteOptions options = {});
  /// Connects once, so that a wrong address shows at the start. The database must be UTF-8.
  static Result<std::unique_ptr<Database>> open_postgres(const PostgresOptions& options);
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database();

  template <std::invocable<ReadTx&> F>
  auto read(F&& work) -> std::invoke_result_t<F, ReadTx&> {
    for (int attempt = 1;; ++attempt) {
      {
        auto session = begin(false, Isolation::serial);
        if (!session) return tl::unexpected(std::move(session).error());
        ReadTx tx{session->connection()};
        auto result = work(tx);
        if (result || !session->interrupted() || attempt == most_attempts) return result;
      }
      pause(attempt);
    }
  }

  /// Commits when `work` returns a value; rolls back when it returns an error or throws.
  template <std::invocable<WriteTx&> F>
  auto write(F&& work, Isolation isolation = Isolation::serial) -> std::invoke_result_t<F, WriteTx&> {
    for (int attempt = 1;; ++attempt) {
      {
        auto session = begin(true, isolation);
        if (!session) return tl::unexpected(std::move(session).error());
        WriteTx tx{session->connection()};
        auto result = work(tx);
        Result<void> done;
        if (result) done = session->commit();
        if (result && done) return result;
        if (!session->interrupted() || attempt == most_attempts) {
          if (!result) return result;
          return tl::unexpected(std::move(done).error());
        }
      }
      pause(attempt);
    }
  }

  /// Whether a transaction can begin and ask something.
  Result<void> ping();
  /// Tells when there may be new events; see there.
  std::unique_ptr<EventSignal> event_signal() const;

 private:
  static constexpr int most_attempts = 12;

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
    bool interrupted() const;  ///< rolled back through no fault of the work: it may run again

   private:
    Sessions* sessions_;
    Connection* connection_;
  };

  using MakeSignal = std::function<std::unique_ptr<EventSignal>()>;

  Database(std::unique_ptr<Sessions> sessions, MakeSignal make_signal);
  Result<Session> begin(bool write, Isolation isolation);
  static void pause(int attempt);

  std::unique_ptr<Sessions> sessions_;
  MakeSignal make_signal_;
};

}  // namespace soundhub::storage
