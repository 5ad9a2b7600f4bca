// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "soundhub/base/error.hpp"
#include "soundhub/storage/database.hpp"
#include "value.hpp"

namespace soundhub::storage {

enum class Dialect { sqlite, postgres };

/// One connection of a driver, used by one thread at a time. The statements are the same text for every driver:
/// $1, $2 … for arguments, RETURNING for new ids, no function that only one of them knows. What must differ asks
/// `dialect()` (the lease query, the order of the outbox, full-text search).
class Connection {
 public:
  explicit Connection(Hooks hooks) : hooks_{std::move(hooks)} {}
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  virtual ~Connection() = default;

  virtual Dialect dialect() const = 0;
  /// False once the server is lost; nothing works any more.
  virtual bool alive() const { return true; }
  /// The transaction was ended through no fault of its own before it could commit: it may be run again.
  virtual bool interrupted() const { return false; }

  /// Prepares the text once and keeps it. `args` must be as many as the text has $n.
  Result<Rows> query(std::string_view sql, std::span<const Value> args);
  Result<Rows> query(std::string_view sql, std::initializer_list<Value> args = {}) {
    return query(sql, std::span<const Value>{args.begin(), args.size()});
  }
  /// Several statements without arguments (a migration).
  Result<void> script(std::string_view sql);
  Result<void> begin(bool write, Isolation isolation);
  /// Fails with the error of a statement that failed before, whoever overlooked it: PostgreSQL couldn't commit then,
  /// and nothing may depend on which database it is.
  Result<void> commit();
  virtual void rollback() noexcept = 0;

 protected:
  virtual Result<Rows> run_query(std::string_view sql, std::span<const Value> args) = 0;
  virtual Result<void> run_script(std::string_view sql) = 0;
  virtual Result<void> run_begin(bool write, Isolation isolation) = 0;
  virtual Result<void> run_commit() = 0;
  void tell_prepared(std::string_view sql) const {
    if (hooks_.on_statement) hooks_.on_statement(sql);
  }

 private:
  template <class Step>
  auto timed(Operation operation, Step step);
  template <class T>
  Result<T> remembered(Result<T> result);

  Hooks hooks_;
  std::optional<Error> failed_;  // of this transaction
};

}  // namespace soundhub::storage
