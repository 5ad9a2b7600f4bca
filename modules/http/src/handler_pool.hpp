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
/// Threads are woken one after the other: while one is on its way to the queue no second is called, and whoever takes
/// a task calls the next if more are waiting. A burst of short tasks is thus done by a thread or two instead of
/// waking them all, and a long task still holds nobody up.
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
  bool should_call() const { return !calling_ && idle_ > 0 && !tasks_.empty(); }
  void run();

  std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<Task> tasks_;
  const std::size_t most_tasks_;  ///< waiting and running
  std::size_t busy_{}, idle_{};
  bool calling_{};  ///< a thread was woken and has not reached the queue yet
  bool stopped_{};
  std::vector<std::thread> threads_;
};

}  // namespace soundhub::http
