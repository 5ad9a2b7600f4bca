// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <utility>

#include "soundhub/storage/event_signal.hpp"

namespace soundhub::storage {

/// SQLite tells nobody that another process has committed: look ten times a second.
class SqliteSignal final : public EventSignal {
 public:
  void wait(std::chrono::milliseconds at_most) override {
    std::unique_lock lock{mutex_};
    changed_.wait_for(lock, std::min(at_most, interval), [this] { return interrupted_; });
    interrupted_ = false;
  }
  void rest() override {}
  void interrupt() noexcept override {
    const std::lock_guard lock{mutex_};
    interrupted_ = true;
    changed_.notify_all();
  }

 private:
  static constexpr std::chrono::milliseconds interval{100};
  std::mutex mutex_;
  std::condition_variable changed_;
  bool interrupted_{false};
};

}  // namespace soundhub::storage
