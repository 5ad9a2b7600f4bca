// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/base/log.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cmath>

#include "soundhub/base/log_context.hpp"
#include "soundhub/base/text.hpp"

namespace soundhub {
namespace {

constexpr std::array<std::string_view, 4> level_names{"debug", "info", "warn", "error"};

void append_value(std::string& out, const LogField& field) {
  if (const auto* text = std::get_if<std::string_view>(&field.value)) {
    append_json_string(out, *text);
  } else if (const auto* number = std::get_if<std::int64_t>(&field.value)) {
    out += std::to_string(*number);
  } else if (const auto* real = std::get_if<double>(&field.value)) {
    out += std::isfinite(*real) ? fmt::format("{}", *real) : "null";
  } else {
    out += std::get<bool>(field.value) ? "true" : "false";
  }
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    const auto length = utf8_length(text);
    const char c = text.front();
    if (length == 0) {
      out += "\xEF\xBF\xBD";
      text.remove_prefix(1);
      continue;
    }
    if (c == '"' || c == '\\') {
      (out += '\\') += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(length);
  }
  out += '"';
}

Log::Log(const Clock& clock, LogLevel least, Write write) : clock_{&clock}, least_{least}, write_{std::move(write)} {}

Log Log::to_stderr(const Clock& clock, LogLevel least) {
  return Log{clock, least, [](std::string_view line) {
               // One write(2) a line: lines of several threads and processes never mix.
               [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line.data(), line.size());
             }};
}

Log Log::silent() {
  static const SystemClock clock;
  return Log{clock, LogLevel::error, {}};
}

void Log::write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) const {
  if (!write_ || level < least_) return;
  std::string line = "{\"time\":";
  append_json_string(line, to_rfc3339(clock_->now()));
  line += ",\"level\":";
  append_json_string(line, level_names[static_cast<std::size_t>(level)]);
  line += ",\"event\":";
  append_json_string(line, event);
  for (const auto& field : fields) {
    line += ',';
    append_json_string(line, field.name);
    line += ':';
    append_value(line, field);
  }
  if (const auto& request = LogContext::request(); !request.empty()) {
    line += ",\"request\":";
    append_json_string(line, request);
  }
  line += "}\n";
  write_(line);
}

}  // namespace soundhub
