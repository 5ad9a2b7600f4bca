// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace soundhub::http {

/// A fixed number of threads with a bounded queue before them. Thread-safe. Tasks don't throw.
class HandlerPool {
 public:
  using Task = std::function<void()>;
  HandlerPool(int threads, int most_waiting);
  ~HandlerPool();
  /// False if the queue is full or the pool has stopped: nothing was taken.
  bool try_submit(Task task);
  /// For what has begun and must go on: takes it whatever the queue's length, unless stopped.
  bool submit(Task task);
  /// Runs what is queued, then joins. Idempotent.
  void stop();

 private:
  bool push(Task task, bool bounded);
  void run();

  std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<Task> tasks_;
  const std::size_t most_tasks_;  ///< waiting and running
  std::size_t busy_{};
  bool stopped_{};
  std::vector<std::thread> threads_;
};

}  // namespace soundhub::http
