// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <array>
#include <optional>
#include <string_view>

namespace soundhub {

/// The words of an enum, in its order: one list for both directions.
template <class Enum, std::size_t N>
struct Names {
  std::array<std::string_view, N> words;
  std::string_view of(Enum value) const { return words[static_cast<std::size_t>(value)]; }
  std::optional<Enum> find(std::string_view word) const {
    for (std::size_t i = 0; i < N; ++i)
      if (words[i] == word) return static_cast<Enum>(i);
    return std::nullopt;
  }
};

}  // namespace soundhub
