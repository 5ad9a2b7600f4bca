// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <string>

namespace soundhub {

/// While it lives, whatever this thread logs names the request it is for ("request"), and the jobs it queues remember
/// it, so that one id joins the lines of nginx, serve and work. Lives on the stack; nests.
class LogContext {
 public:
  explicit LogContext(std::string request);
  LogContext(const LogContext&) = delete;
  LogContext& operator=(const LogContext&) = delete;
  ~LogContext();
  /// Of this thread; "" outside any.
  static const std::string& request();

 private:
  std::string before_;
};

}  // namespace soundhub
