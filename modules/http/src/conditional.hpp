// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <ctime>
#include <optional>
#include <string>
#include <string_view>

#include "soundhub/http/message.hpp"

namespace soundhub::http {

/// What a representation is compared by; either may be missing.
struct Validators {
  std::optional<std::string> etag;  ///< with its quotes, W/ if weak
  std::optional<std::time_t> modified;
};

enum class Condition { proceed, not_modified, failed };

/// If-Match, If-Unmodified-Since, If-None-Match, If-Modified-Since, in the order of RFC 9110 13.2.2, for GET and HEAD.
Condition evaluate(const Headers& request, const Validators& validators);
/// Whether a Range may be answered: no If-Range, or it names exactly this representation (strong compare).
bool range_allowed(const Headers& request, const Validators& validators);

std::optional<std::time_t> parse_http_date(std::string_view text);  ///< IMF-fixdate only
std::string to_http_date(std::time_t time);

}  // namespace soundhub::http
