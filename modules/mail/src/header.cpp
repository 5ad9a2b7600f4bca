// SPDX-License-Identifier: AGPL-3.0-or-later
#include "header.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base64.hpp"
#include "soundhub/base/text.hpp"

namespace soundhub::mail {
namespace {

// "=?UTF-8?B?" and "?=" make 12 of the 75 bytes that an encoded word may have; 45 bytes make 60 digits.
constexpr std::size_t bytes_of_a_word = 45;
constexpr std::size_t plain_length = 60;

bool is_plain(std::string_view text) {
  return text.size() <= plain_length && text.find("=?") == std::string_view::npos &&
         std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7f; });
}

std::size_t character_length(std::string_view text) {
  return std::max<std::size_t>(1, utf8_length(text));
}

// Characters that aren't cut in two: each word is decoded alone.
std::string_view next_word(std::string_view text) {
  std::size_t end = 0;
  while (end < text.size()) {
    const auto next = character_length(text.substr(end));
    if (end + next > bytes_of_a_word) break;
    end += next;
  }
  return text.substr(0, end);
}

std::string encoded_words(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto word = next_word(text);
    out += fmt::format("{}=?UTF-8?B?{}?=", out.empty() ? "" : "\r\n ", base64(word));
    text.remove_prefix(word.size());
  }
  return out;
}

std::string without_controls(std::string_view text) {
  std::string out{trim(text)};
  std::ranges::replace_if(
      out, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
  return out;
}

}  // namespace

std::string header_text(std::string_view text) {
  const auto line = without_controls(text);
  return is_plain(line) ? line : encoded_words(line);
}

std::string header_phrase(std::string_view text) {
  const auto line = without_controls(text);
  if (!is_plain(line) || line.find_first_of("\"\\") != std::string::npos) return encoded_words(line);
  return '"' + line + '"';
}

std::string header_date(Time time) {
  constexpr std::array<std::string_view, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{std::chrono::floor<std::chrono::seconds>(time - day)};
  return fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} +0000", days[std::chrono::weekday{day}.c_encoding()],
                     static_cast<unsigned>(date.day()), months[static_cast<unsigned>(date.month()) - 1],
                     static_cast<int>(date.year()), clock.hours().count(), clock.minutes().count(),
                     clock.seconds().count());
}

bool fits_in_angles(std::string_view text) {
  return !text.empty() && text.size() <= 900 && std::ranges::all_of(text, [](char c) {
    return static_cast<unsigned char>(c) > 0x20 && c != 0x7f && c != '<' && c != '>';
  });
}

}  // namespace soundhub::mail
