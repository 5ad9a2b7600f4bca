// SPDX-License-Identifier: AGPL-3.0-or-later
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "conditional.hpp"
#include "range.hpp"

using namespace soundhub::http;

/// Eight bytes of size, then the header: what is chosen lies inside, is sorted out, and isn't much.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t length) {
  if (length < 8) return 0;
  std::uint64_t size{};
  std::memcpy(&size, data, sizeof size);
  size &= INT64_MAX;
  const std::string_view text{reinterpret_cast<const char*>(data) + 8, length - 8};
  const auto choice = choose_ranges(text, size);
  if ((choice.kind == RangeChoice::Kind::partial) == choice.ranges.empty()) std::abort();
  if (choice.ranges.size() > most_ranges) std::abort();
  std::uint64_t total = 0;
  for (const auto& range : choice.ranges) {
    if (range.first > range.last || range.last >= size) std::abort();
    total += range.last - range.first + 1;
  }
  if (total > size) std::abort();
  evaluate({{"If-None-Match", std::string{text}}, {"If-Modified-Since", std::string{text}}}, {"\"a\"", 1});
  range_allowed({{"If-Range", std::string{text}}}, {"\"a\"", 1});
  return 0;
}
