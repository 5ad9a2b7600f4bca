// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <algorithm>
#include <bit>
#include <optional>
#include <string_view>
#include <vector>

#include "sql.hpp"

namespace soundhub::storage {

/// The row there is or isn't.
template <class Convert>
auto first(const Rows& rows, Convert convert) {
  using T = decltype(convert(rows.front()));
  return rows.empty() ? std::optional<T>{} : std::optional<T>{convert(rows.front())};
}

/// A change that must have hit its row: not_found `key` if there was none.
inline Result<void> changed(const Result<std::int64_t>& affected, std::string_view key) {
  if (!affected) return tl::unexpected(affected.error());
  if (*affected == 0) return fail(Errc::not_found, key);
  return {};
}

/// A change that may have found nothing to do.
inline Result<void> done(const Result<std::int64_t>& affected) {
  if (!affected) return tl::unexpected(affected.error());
  return {};
}

inline Result<int> counted(const Result<std::int64_t>& affected) {
  return affected.map([](std::int64_t n) { return static_cast<int>(n); });
}

/// "($1, $2 …)" after " IN ". The last id is repeated up to a power of two, so that the statements stay few.
template <class SomeId>
Sql& add_list(Sql& sql, const std::vector<SomeId>& ids) {
  std::string_view before = "(";
  for (std::size_t i = 0; i < std::bit_ceil(ids.size()); ++i) {
    sql.add(before, ids[std::min(i, ids.size() - 1)]);
    before = ", ";
  }
  return sql.add(")");
}

}  // namespace soundhub::storage
