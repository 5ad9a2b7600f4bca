// SPDX-License-Identifier: AGPL-3.0-or-later
#include "conditional.hpp"

#include <fmt/format.h>

#include <array>

#include "text.hpp"

namespace soundhub::http {
namespace {

constexpr std::array<std::string_view, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

std::string_view opaque(std::string_view tag) {
  return tag.starts_with("W/") ? tag.substr(2) : tag;
}
bool weak_equal(std::string_view a, std::string_view b) {
  return opaque(a) == opaque(b);
}
bool strong_equal(std::string_view a, std::string_view b) {
  return !a.starts_with("W/") && a == b;
}

/// Entity tags may hold commas, so a list is walked by its quotes.
template <class Equal>
bool list_has(std::string_view list, std::string_view tag, Equal equal) {
  while (!list.empty()) {
    const auto open = list.find('"');
    if (open == std::string_view::npos) return false;
    const auto close = list.find('"', open + 1);
    if (close == std::string_view::npos) return false;
    const auto begin = open >= 2 && list.substr(open - 2, 2) == "W/" ? open - 2 : open;
    if (equal(list.substr(begin, close + 1 - begin), tag)) return true;
    list.remove_prefix(close + 1);
  }
  return false;
}

template <class Equal>
bool matches(std::string_view list, const std::optional<std::string>& tag, Equal equal) {
  if (trim(list) == "*") return true;
  return tag && list_has(list, *tag, equal);
}

std::optional<std::time_t> date_of(const Headers& request, std::string_view name) {
  const auto value = request.find(name);
  return value ? parse_http_date(*value) : std::nullopt;
}

bool must_fail(const Headers& request, const Validators& validators) {
  if (const auto list = request.find("If-Match")) return !matches(*list, validators.etag, strong_equal);
  const auto since = date_of(request, "If-Unmodified-Since");
  return since && validators.modified && *validators.modified > *since;
}

bool unchanged(const Headers& request, const Validators& validators) {
  if (const auto list = request.find("If-None-Match")) return matches(*list, validators.etag, weak_equal);
  const auto since = date_of(request, "If-Modified-Since");
  return since && validators.modified && *validators.modified <= *since;
}

template <std::size_t N>
std::optional<int> index_of(const std::array<std::string_view, N>& names, std::string_view name) {
  for (std::size_t i = 0; i < N; ++i)
    if (names[i] == name) return static_cast<int>(i);
  return std::nullopt;
}

std::optional<int> number_at(std::string_view text, std::size_t at, std::size_t size) {
  const auto value = parse_number(text.substr(at, size));
  return value ? std::optional{static_cast<int>(*value)} : std::nullopt;
}

}  // namespace

Condition evaluate(const Headers& request, const Validators& validators) {
  if (must_fail(request, validators)) return Condition::failed;
  return unchanged(request, validators) ? Condition::not_modified : Condition::proceed;
}

bool range_allowed(const Headers& request, const Validators& validators) {
  const auto condition = request.find("If-Range");
  if (!condition) return true;
  if (condition->find('"') != std::string_view::npos)
    return validators.etag && strong_equal(trim(*condition), *validators.etag);
  const auto date = parse_http_date(*condition);
  return date && validators.modified && *date == *validators.modified;
}

std::optional<std::time_t> parse_http_date(std::string_view text) {
  // "Sun, 06 Nov 1994 08:49:37 GMT"
  if (text.size() != 29 || text.substr(3, 2) != ", " || text.substr(25) != " GMT" || text[7] != ' ' ||
      text[11] != ' ' || text[16] != ' ' || text[19] != ':' || text[22] != ':')
    return std::nullopt;
  const auto month = index_of(months, text.substr(8, 3));
  const auto day = number_at(text, 5, 2), year = number_at(text, 12, 4);
  const auto hour = number_at(text, 17, 2), minute = number_at(text, 20, 2), second = number_at(text, 23, 2);
  if (!index_of(days, text.substr(0, 3)) || !month || !day || !year || !hour || !minute || !second) return std::nullopt;
  std::tm parts{};
  parts.tm_mday = *day;
  parts.tm_mon = *month;
  parts.tm_year = *year - 1900;
  parts.tm_hour = *hour;
  parts.tm_min = *minute;
  parts.tm_sec = *second;
  return ::timegm(&parts);
}

std::string to_http_date(std::time_t time) {
  std::tm parts{};
  ::gmtime_r(&time, &parts);
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", days.at(static_cast<std::size_t>(parts.tm_wday)),
                     parts.tm_mday, months.at(static_cast<std::size_t>(parts.tm_mon)), parts.tm_year + 1900,
                     parts.tm_hour, parts.tm_min, parts.tm_sec);
}

}  // namespace soundhub::http
