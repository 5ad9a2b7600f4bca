// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <functional>
#include <string_view>

namespace soundhub::storage {

/// So that a map of strings is asked with a string_view.
struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};

}  // namespace soundhub::storage
