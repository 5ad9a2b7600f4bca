// SPDX-License-Identifier: AGPL-3.0-or-later
#include "target.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "soundhub/http/message.hpp"
#include "text.hpp"

namespace soundhub::http {
namespace {

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

bool has_dot_segment(std::string_view path) {
  bool found = false;
  split(path, '/', [&](std::string_view segment) { found = found || segment == "." || segment == ".."; });
  return found;
}

bool has_escaped_slash(std::string_view path) {
  return path.find("%2F") != std::string_view::npos || path.find("%2f") != std::string_view::npos;
}

std::optional<std::string> clean_path(std::string_view raw) {
  if (!raw.starts_with('/') || has_escaped_slash(raw)) return std::nullopt;
  auto path = percent_decode(raw, false);
  if (!path || has_control(*path) || !valid_utf8(*path) || has_dot_segment(*path)) return std::nullopt;
  return path;
}

std::size_t scheme_size(std::string_view target) {
  for (const std::string_view scheme : {"http://", "https://"})
    if (equal_no_case(target.substr(0, scheme.size()), scheme)) return scheme.size();
  return 0;
}

/// How many bytes follow a UTF-8 lead byte, and the range of the first of them (RFC 3629 section 4); -1: no lead byte.
struct Lead {
  int follow;
  unsigned char low{0x80}, high{0xbf};
};

Lead lead_of(unsigned char c) {
  if (c < 0x80) return {0};
  if (c >= 0xc2 && c <= 0xdf) return {1};
  if (c == 0xe0) return {2, 0xa0, 0xbf};
  if (c == 0xed) return {2, 0x80, 0x9f};
  if (c >= 0xe1 && c <= 0xef) return {2};
  if (c == 0xf0) return {3, 0x90, 0xbf};
  if (c >= 0xf1 && c <= 0xf3) return {3};
  if (c == 0xf4) return {3, 0x80, 0x8f};
  return {-1};
}

}  // namespace

bool valid_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    auto lead = lead_of(static_cast<unsigned char>(text[i++]));
    if (lead.follow < 0) return false;
    for (int n = 0; n < lead.follow; ++n, ++i) {
      if (i >= text.size()) return false;
      const auto c = static_cast<unsigned char>(text[i]);
      if (c < lead.low || c > lead.high) return false;
      lead.low = 0x80;
      lead.high = 0xbf;
    }
  }
  return true;
}

bool valid_host(std::string_view host) {
  if (host.empty() || host.size() > 255) return false;
  return std::all_of(host.begin(), host.end(), [](char c) {
    return is_alnum(c) || std::string_view{".-_:[]"}.find(c) != std::string_view::npos;
  });
}

std::optional<Target> parse_target(std::string_view target) {
  Target out;
  if (const auto scheme = scheme_size(target)) {
    target.remove_prefix(scheme);
    const auto end = std::min(target.find_first_of("/?"), target.size());
    out.authority = target.substr(0, end);
    if (!valid_host(out.authority)) return std::nullopt;
    target.remove_prefix(end);
    if (target.empty()) target = "/";
  }
  if (target.find('#') != std::string_view::npos) return std::nullopt;
  const auto mark = target.find('?');
  if (mark != std::string_view::npos) out.query = target.substr(mark + 1);
  auto path = clean_path(target.substr(0, mark));
  if (!path) return std::nullopt;
  out.path = *std::move(path);
  return out;
}

}  // namespace soundhub::http
