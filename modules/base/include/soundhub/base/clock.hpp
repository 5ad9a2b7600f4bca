// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <chrono>
#include <cstdint>
#include <string>

namespace soundhub {

using Millis = std::chrono::milliseconds;
/// Wall-clock time in whole milliseconds since 1970 UTC; stored as int64.
using Time = std::chrono::sys_time<Millis>;

constexpr std::int64_t to_millis(Time t) {
  return t.time_since_epoch().count();
}
constexpr Time from_millis(std::int64_t ms) {
  return Time{Millis{ms}};
}
/// "2026-11-22T20:14:03.120Z" (RFC 3339)
std::string to_rfc3339(Time t);

/// Where "now" comes from; tests hand in their own. Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Time now() const = 0;
};

class SystemClock final : public Clock {
 public:
  Time now() const override;
};

}  // namespace soundhub
