// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

#include "soundhub/base/clock.hpp"

namespace soundhub {

enum class LogLevel { debug, info, warn, error };

/// One field of a log line.
struct LogField {
  std::string_view name;
  std::variant<std::int64_t, double, bool, std::string_view> value;
  template <std::integral T>
  requires(!std::is_same_v<T, bool>) LogField(std::string_view n, T v) : name{n}, value{static_cast<std::int64_t>(v)} {}
  LogField(std::string_view n, double v) : name{n}, value{v} {}
  LogField(std::string_view n, bool v) : name{n}, value{v} {}
  LogField(std::string_view n, std::string_view v) : name{n}, value{v} {}
  LogField(std::string_view n, const std::string& v) : name{n}, value{std::string_view{v}} {}
  LogField(std::string_view n, const char* v) : name{n}, value{std::string_view{v}} {}
};

/// One JSON object a line: {"time":…,"level":…,"event":…, fields…}. Thread-safe; a line is written whole.
/// Never hand it a password, a token, a cookie or a body.
class Log {
 public:
  using Write = std::function<void(std::string_view line)>;
  Log(const Clock& clock, LogLevel least, Write write);
  /// Lines to standard error.
  static Log to_stderr(const Clock& clock, LogLevel least = LogLevel::info);
  /// Drops everything.
  static Log silent();
  /// From now on; any thread.
  void set_least(LogLevel least) { least_ = least; }

  void write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields = {}) const;
  void debug(std::string_view event, std::initializer_list<LogField> f = {}) const { write(LogLevel::debug, event, f); }
  void info(std::string_view event, std::initializer_list<LogField> f = {}) const { write(LogLevel::info, event, f); }
  void warn(std::string_view event, std::initializer_list<LogField> f = {}) const { write(LogLevel::warn, event, f); }
  void error(std::string_view event, std::initializer_list<LogField> f = {}) const { write(LogLevel::error, event, f); }

 private:
  const Clock* clock_;
  std::atomic<LogLevel> least_;
  Write write_;
};

/// Appends `text` as a JSON string with its quotes; bytes that aren't UTF-8 become U+FFFD.
void append_json_string(std::string& out, std::string_view text);

}  // namespace soundhub
