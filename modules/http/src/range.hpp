// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

namespace soundhub::http {

struct ByteRange {
  std::uint64_t first{}, last{};  ///< both inclusive
  friend bool operator==(const ByteRange&, const ByteRange&) = default;
};

struct RangeChoice {
  enum class Kind { whole, partial, unsatisfiable };
  Kind kind{Kind::whole};
  std::vector<ByteRange> ranges;  ///< if partial: 1 to 16, none overlapping or touching another
};

/// What a Range header asks of `size` bytes (RFC 9110 14.1, 14.2). What isn't a valid set of byte ranges, or names more
/// than 16, is ignored: the whole is sent. Ranges that overlap or touch are sent once, in ascending order.
RangeChoice choose_ranges(std::string_view header, std::uint64_t size);

constexpr std::size_t most_ranges = 16;

}  // namespace soundhub::http
