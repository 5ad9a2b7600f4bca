// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <string>

namespace soundhub::app {

/// A line on standard error that says how far something is, at most ten times a second; on a terminal it is
/// overwritten, elsewhere it is one line every five seconds. Not thread-safe.
class Progress {
 public:
  ~Progress() { done(); }
  template <class... Args>
  void show(fmt::format_string<Args...> format, Args&&... args) {
    const auto now = std::chrono::steady_clock::now();
    if (now - shown_ < (terminal_ ? std::chrono::milliseconds{100} : std::chrono::milliseconds{5000})) return;
    shown_ = now;
    const auto text = fmt::format(format, std::forward<Args>(args)...);
    fmt::print(stderr, "{}{}{}", terminal_ ? "\r" : "", text, terminal_ ? "\x1b[K" : "\n");
    open_ = terminal_;
  }
  /// The next line begins on a line of its own.
  void done() {
    if (open_) fmt::print(stderr, "\n");
    open_ = false;
  }

 private:
  const bool terminal_{::isatty(STDERR_FILENO) == 1};
  bool open_{};
  std::chrono::steady_clock::time_point shown_{std::chrono::steady_clock::now()};
};

}  // namespace soundhub::app
