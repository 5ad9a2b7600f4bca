// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/domain/mails.hpp"

#include <algorithm>
#include <array>

#include "soundhub/base/text.hpp"

namespace soundhub::mails {
namespace {

constexpr std::array<std::string_view, 5> kinds{"password_reset", "part_offered", "part_accepted", "part_declined",
                                                "release_out"};

}  // namespace

std::string_view to_string(Kind v) {
  return kinds[static_cast<std::size_t>(v)];
}

std::optional<Kind> parse_kind(std::string_view text) {
  const auto found = std::ranges::find(kinds, text);
  if (found == kinds.end()) return std::nullopt;
  return static_cast<Kind>(found - kinds.begin());
}

std::string_view to_string(Language v) {
  return v == Language::ko ? "ko" : "en";
}

Language parse_language(std::string_view text) {
  const auto lower = to_lower(text.substr(0, 3));
  return lower == "ko" || lower == "ko-" || lower == "ko_" ? Language::ko : Language::en;
}

}  // namespace soundhub::mails
