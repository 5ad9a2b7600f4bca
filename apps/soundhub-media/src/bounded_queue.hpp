// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>

namespace soundhub::media {

/// Hands items from one thread to others and makes the first wait when they fall behind, so that memory is bounded.
/// Thread-safe.
template <class T>
class BoundedQueue {
 public:
  explicit BoundedQueue(std::size_t most) : most_{most} {}

  /// Waits up to `patience` for room; false if there was none (`item` is then untouched) or the queue is closed.
  template <class Duration>
  bool push(T& item, Duration patience) {
    std::unique_lock lock{mutex_};
    if (!room_.wait_for(lock, patience, [&] { return items_.size() < most_ || closed_; }) || closed_) return false;
    items_.push_back(std::move(item));
    filled_.notify_one();
    return true;
  }
  /// Waits for an item; nothing once the queue is closed and empty.
  std::optional<T> pop() {
    std::unique_lock lock{mutex_};
    filled_.wait(lock, [&] { return !items_.empty() || closed_; });
    if (items_.empty()) return std::nullopt;
    std::optional<T> item{std::move(items_.front())};
    items_.pop_front();
    room_.notify_one();
    return item;
  }
  bool closed() {
    const std::scoped_lock lock{mutex_};
    return closed_;
  }
  void close() {
    const std::scoped_lock lock{mutex_};
    closed_ = true;
    filled_.notify_all();
    room_.notify_all();
  }

 private:
  std::size_t most_;
  std::mutex mutex_;
  std::condition_variable filled_, room_;
  std::deque<T> items_;
  bool closed_{};
};

}  // namespace soundhub::media
