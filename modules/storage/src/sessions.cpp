// SPDX-License-Identifier: AGPL-3.0-or-later
#include "sessions.hpp"

namespace soundhub::storage {

Sessions::Sessions(Limits limits, Connect connect)
    : patience_{limits.patience},
      connect_{std::move(connect)},
      readers_{.limit = limits.readers},
      writers_{.limit = limits.writers} {}

Result<Connection*> Sessions::take(bool write, Isolation isolation) {
  auto& pool = write ? writers_ : readers_;
  const auto me = std::this_thread::get_id();
  {
    const std::lock_guard lock{mutex_};
    if (lent_.contains(me)) return fail(Errc::internal, "storage.nested", "a transaction inside a transaction");
  }
  SH_TRY(auto connection, begun(pool, write, isolation));
  const std::lock_guard lock{mutex_};
  return lent_.emplace(me, Lent{std::move(connection), &pool}).first->second.connection.get();
}

// A connection that died while it lay idle is replaced without a word: nothing was begun on it.
Result<std::unique_ptr<Connection>> Sessions::begun(Pool& pool, bool write, Isolation isolation) {
  SH_TRY(auto connection, turn(pool));
  Result<void> begun;
  if (connection) begun = connection->begin(write, isolation);
  if (!connection || !connection->alive()) {
    auto made = connect_(write);
    connection = made ? std::move(*made) : nullptr;
    begun = made ? connection->begin(write, isolation) : tl::unexpected(std::move(made).error());
  }
  if (begun) return connection;
  put_back(pool, std::move(connection));
  return tl::unexpected(std::move(begun).error());
}

// An idle connection, or none and the right to make one.
Result<std::unique_ptr<Connection>> Sessions::turn(Pool& pool) {
  std::unique_lock lock{mutex_};
  const auto ready = [&] { return !pool.idle.empty() || pool.made < pool.limit; };
  if (!pool.freed.wait_for(lock, patience_, ready))
    return fail(Errc::unavailable, "storage.busy", "no free connection");
  if (pool.idle.empty()) {
    ++pool.made;
    return nullptr;
  }
  auto connection = std::move(pool.idle.back());
  pool.idle.pop_back();
  return connection;
}

void Sessions::put_back(Pool& pool, std::unique_ptr<Connection> connection) noexcept {
  const std::lock_guard lock{mutex_};
  if (connection && connection->alive())
    pool.idle.push_back(std::move(connection));
  else
    --pool.made;
  pool.freed.notify_one();
}

void Sessions::give_back(Connection& connection) noexcept {
  connection.rollback();
  Lent lent;
  {
    const std::lock_guard lock{mutex_};
    lent = std::move(lent_.extract(std::this_thread::get_id()).mapped());
  }
  put_back(*lent.pool, std::move(lent.connection));
}

}  // namespace soundhub::storage
