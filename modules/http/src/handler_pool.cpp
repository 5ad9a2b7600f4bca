// SPDX-License-Identifier: AGPL-3.0-or-later
#include "handler_pool.hpp"

#include <algorithm>

namespace soundhub::http {

HandlerPool::HandlerPool(int threads, int most_waiting)
    : most_tasks_{static_cast<std::size_t>(std::max(most_waiting, 0) + std::max(threads, 1))} {
  for (int i = 0; i < std::max(threads, 1); ++i) threads_.emplace_back([this] { run(); });
}

HandlerPool::~HandlerPool() {
  stop();
}

bool HandlerPool::push(Task task, bool bounded) {
  bool call = false;
  {
    const std::lock_guard lock{mutex_};
    if (stopped_ || (bounded && tasks_.size() + busy_ >= most_tasks_)) return false;
    tasks_.push_back(std::move(task));
    call = should_call();
    calling_ = calling_ || call;
  }
  if (call) ready_.notify_one();
  return true;
}

bool HandlerPool::try_submit(Task task) {
  return push(std::move(task), true);
}
bool HandlerPool::submit(Task task) {
  return push(std::move(task), false);
}

void HandlerPool::run() {
  std::unique_lock lock{mutex_};
  for (;;) {
    if (tasks_.empty()) {
      ++idle_;
      ready_.wait(lock, [this] { return stopped_ || calling_; });
      --idle_;
      calling_ = false;
      if (tasks_.empty() && stopped_) return;
      continue;
    }
    auto task = std::move(tasks_.front());
    tasks_.pop_front();
    ++busy_;
    const bool call = should_call();
    calling_ = calling_ || call;
    lock.unlock();
    if (call) ready_.notify_one();
    task();
    task = nullptr;
    lock.lock();
    --busy_;
  }
}

void HandlerPool::stop() {
  {
    const std::lock_guard lock{mutex_};
    stopped_ = true;
  }
  ready_.notify_all();
  for (auto& thread : threads_)
    if (thread.joinable()) thread.join();
}

}  // namespace soundhub::http
