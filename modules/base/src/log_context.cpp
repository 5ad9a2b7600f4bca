// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/base/log_context.hpp"

#include <utility>

namespace soundhub {
namespace {

// Handing the id through every call that may log or queue would put it into signatures that have no use for it.
std::string& current() {
  thread_local std::string request;
  return request;
}

}  // namespace

LogContext::LogContext(std::string request) : before_{std::exchange(current(), std::move(request))} {}
LogContext::~LogContext() {
  current() = std::move(before_);
}
const std::string& LogContext::request() {
  return current();
}

}  // namespace soundhub
