// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/http/message.hpp"

#include <algorithm>
#include <array>

#include "target.hpp"
#include "text.hpp"

namespace soundhub::http {
namespace {

int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  const char l = lower(c);
  return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

bool is_unreserved(char c) {
  return is_alnum(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

}  // namespace

std::string_view to_string(Method method) {
  constexpr std::array<std::string_view, 7> names{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};
  return names.at(static_cast<std::size_t>(method));
}

void Headers::set(std::string_view name, std::string value) {
  std::string kept{name};
  std::erase_if(fields_, [&](const Field& field) { return equal_no_case(field.first, kept); });
  add(std::move(kept), std::move(value));
}

std::optional<std::string_view> Headers::find(std::string_view name) const {
  for (const auto& [field, value] : fields_)
    if (equal_no_case(field, name)) return value;
  return std::nullopt;
}

std::size_t Headers::count(std::string_view name) const {
  return static_cast<std::size_t>(
      std::count_if(begin(), end(), [&](const Field& field) { return equal_no_case(field.first, name); }));
}

Result<std::string> read_body(BodyReader& body, std::size_t limit) {
  std::string out;
  if (const auto size = body.declared_size()) {
    if (*size > limit) return fail(Errc::too_large, "http.body_too_large");
    out.reserve(static_cast<std::size_t>(*size));
  }
  std::array<std::byte, 16 * 1024> piece;
  for (;;) {
    SH_TRY(const auto count, body.read(piece));
    if (count == 0) return out;
    if (out.size() + count > limit) return fail(Errc::too_large, "http.body_too_large");
    out.append(as_text({piece.data(), count}));
  }
}

std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out.push_back(plus_is_space && text[i] == '+' ? ' ' : text[i]);
      continue;
    }
    if (text.size() - i < 3) return std::nullopt;
    const int high = hex_digit(text[i + 1]), low = hex_digit(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    out.push_back(static_cast<char>(high * 16 + low));
    i += 2;
  }
  return out;
}

std::string percent_encode(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (is_unreserved(c)) {
      out.push_back(c);
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out.push_back('%');
    out.push_back(digits[byte >> 4]);
    out.push_back(digits[byte & 15]);
  }
  return out;
}

Query parse_query(std::string_view query) {
  Query out;
  split(query, '&', [&](std::string_view pair) {
    if (pair.empty()) return;
    const auto equals = std::min(pair.find('='), pair.size());
    auto name = percent_decode(pair.substr(0, equals), true);
    auto value = percent_decode(pair.substr(std::min(equals + 1, pair.size())), true);
    if (name && value && valid_utf8(*name) && valid_utf8(*value)) out.emplace_back(*std::move(name), *std::move(value));
  });
  return out;
}

std::optional<std::string> Request::query_value(std::string_view name) const {
  for (auto& [key, value] : parse_query(query))
    if (key == name) return std::move(value);
  return std::nullopt;
}

std::optional<std::string> Request::cookie(std::string_view name) const {
  std::optional<std::string> found;
  for (const auto& [field, value] : headers) {
    if (!equal_no_case(field, "Cookie")) continue;
    split(value, ';', [&](std::string_view pair) {
      pair = trim(pair);
      const auto equals = pair.find('=');
      if (found || equals == std::string_view::npos || pair.substr(0, equals) != name) return;
      auto text = pair.substr(equals + 1);
      if (text.size() >= 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
      found = std::string{text};
    });
  }
  return found;
}

std::string to_header(const Cookie& cookie) {
  std::string out = cookie.name + "=" + cookie.value + "; Path=" + cookie.path;
  if (cookie.max_age) out += "; Max-Age=" + std::to_string(cookie.max_age->count());
  if (!cookie.same_site.empty()) out += "; SameSite=" + cookie.same_site;
  if (cookie.secure) out += "; Secure";
  if (cookie.http_only) out += "; HttpOnly";
  return out;
}

}  // namespace soundhub::http
