// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

#include "connection.hpp"

namespace soundhub::storage {

/// The connections of a database: made when first needed, kept while they live, lent to one thread at a time.
/// Thread-safe.
class Sessions {
 public:
  struct Limits {
    int readers;
    int writers;
    std::chrono::milliseconds patience;
  };
  using Connect = std::function<Result<std::unique_ptr<Connection>>(bool writer)>;

  Sessions(Limits limits, Connect connect);
  /// A connection with a transaction begun; give it back, ended, on the same thread.
  Result<Connection*> take(bool write, Isolation isolation);
  void give_back(Connection& connection) noexcept;

 private:
  struct Pool {
    int limit;
    int made{0};
    std::vector<std::unique_ptr<Connection>> idle{};
    std::condition_variable freed{};
  };
  struct Lent {
    std::unique_ptr<Connection> connection;
    Pool* pool;
  };
  Result<std::unique_ptr<Connection>> begun(Pool& pool, bool write, Isolation isolation);
  Result<std::unique_ptr<Connection>> turn(Pool& pool);
  void put_back(Pool& pool, std::unique_ptr<Connection> connection) noexcept;

  std::mutex mutex_;
  std::chrono::milliseconds patience_;
  Connect connect_;
  Pool readers_;
  Pool writers_;
  std::unordered_map<std::thread::id, Lent> lent_;  // one transaction a thread
};

}  // namespace soundhub::storage
