// SPDX-License-Identifier: AGPL-3.0-or-later
#include "sessions.hpp"

namespace soundhub::storage {

Sessions::Sessions(Limits limits, Connect connect)
    : patience_{limits.patience},
      connect_{std::move(connect)},
      readers_{.limit = limits.readers},
      writers_{.limit = limits.writers} {}

Result<Connection*> Sessions::take(bool write) {
  auto& pool = write ? writers_ : readers_;
  std::unique_lock lock{mutex_};
  const auto me = std::this_thread::get_id();
  if (lent_.contains(me)) return fail(Errc::internal, "storage.nested", "a transaction inside a transaction");
  SH_TRY(auto connection, free_connection(pool, lock, write));
  auto& lent = lent_.emplace(me, Lent{std::move(connection), &pool}).first->second;
  Connection* const out = lent.connection.get();
  lock.unlock();
  if (auto begun = out->begin(write); !begun) {
    give_back(*out);
    return tl::unexpected(std::move(begun).error());
  }
  return out;
}

Result<std::unique_ptr<Connection>> Sessions::free_connection(Pool& pool, std::unique_lock<std::mutex>& lock,
                                                              bool write) {
  const auto ready = [&] { return !pool.idle.empty() || pool.made < pool.limit; };
  if (!pool.freed.wait_for(lock, patience_, ready))
    return fail(Errc::unavailable, "storage.busy", "no free connection");
  if (pool.idle.empty()) return new_connection(pool, lock, write);
  auto connection = std::move(pool.idle.back());
  pool.idle.pop_back();
  return connection;
}

Result<std::unique_ptr<Connection>> Sessions::new_connection(Pool& pool, std::unique_lock<std::mutex>& lock,
                                                             bool write) {
  ++pool.made;
  lock.unlock();
  auto connection = connect_(write);
  lock.lock();
  if (!connection) {
    --pool.made;
    pool.freed.notify_one();
  }
  return connection;
}

void Sessions::give_back(Connection& connection) noexcept {
  connection.rollback();
  const std::lock_guard lock{mutex_};
  auto lent = lent_.extract(std::this_thread::get_id());
  auto& pool = *lent.mapped().pool;
  pool.idle.push_back(std::move(lent.mapped().connection));
  pool.freed.notify_one();
}

}  // namespace soundhub::storage
