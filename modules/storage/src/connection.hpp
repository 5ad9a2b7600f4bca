// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <initializer_list>
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
/// `dialect()` (the lease query and full-text search).
class Connection {
 public:
  Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  virtual ~Connection() = default;

  virtual Dialect dialect() const = 0;
  /// Prepares the text once and keeps it. `args` must be as many as the text has $n.
  virtual Result<Rows> query(std::string_view sql, std::span<const Value> args) = 0;
  /// Several statements without arguments (a migration).
  virtual Result<void> script(std::string_view sql) = 0;
  virtual Result<void> begin(bool write) = 0;
  virtual Result<void> commit() = 0;
  virtual void rollback() noexcept = 0;

  Result<Rows> query(std::string_view sql, std::initializer_list<Value> args = {}) {
    return query(sql, std::span<const Value>{args.begin(), args.size()});
  }
};

}  // namespace soundhub::storage
