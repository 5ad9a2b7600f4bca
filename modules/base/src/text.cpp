// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/base/text.hpp"

#include <algorithm>
#include <charconv>

namespace soundhub {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// Length of the white space at the front, or 0.
std::size_t space_length(std::string_view text) {
  if (text.empty()) return 0;
  if (std::string_view{" \t\r\n\v\f"}.find(text.front()) != std::string_view::npos) return 1;
  return text.starts_with("\xE3\x80\x80") ? 3 : 0;
}

std::size_t space_length_at_end(std::string_view text) {
  if (text.empty()) return 0;
  if (std::string_view{" \t\r\n\v\f"}.find(text.back()) != std::string_view::npos) return 1;
  return text.ends_with("\xE3\x80\x80") ? 3 : 0;
}

}  // namespace

std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto tail = [&](std::size_t i) { return i < text.size() && (byte(i) & 0xC0) == 0x80; };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return tail(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    if (!tail(1) || !tail(2)) return 0;
    if (first == 0xE0 && byte(1) < 0xA0) return 0;  // overlong
    if (first == 0xED && byte(1) > 0x9F) return 0;  // surrogate
    return 3;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    if (!tail(1) || !tail(2) || !tail(3)) return 0;
    if (first == 0xF0 && byte(1) < 0x90) return 0;
    if (first == 0xF4 && byte(1) > 0x8F) return 0;
    return 4;
  }
  return 0;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const auto length = utf8_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::size_t count_characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string_view trim(std::string_view text) {
  while (const auto length = space_length(text)) text.remove_prefix(length);
  while (const auto length = space_length_at_end(text)) text.remove_suffix(length);
  return text;
}

std::string to_lower(std::string_view text) {
  std::string out{text};
  std::ranges::transform(out, out.begin(), lower);
  return out;
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, lower, lower);
}

std::string_view first_characters(std::string_view text, std::size_t characters) {
  std::size_t at = 0;
  while (at < text.size() && characters-- > 0) at += std::max<std::size_t>(1, utf8_length(text.substr(at)));
  return text.substr(0, at);
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
  std::int64_t value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace soundhub
