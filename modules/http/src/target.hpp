// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace soundhub::http {

/// A request target split; path decoded and checked.
struct Target {
  std::string path, query;
  std::string authority;  ///< of an absolute-form target, else empty
};

/// nullopt for anything that isn't origin-form or absolute-form with a clean path: begins with '/', valid escapes,
/// valid UTF-8, no control bytes, no "." or ".." segment, no escaped slash.
std::optional<Target> parse_target(std::string_view target);

bool valid_utf8(std::string_view text);
/// host [":" port] as it may stand in Host.
bool valid_host(std::string_view host);

}  // namespace soundhub::http
