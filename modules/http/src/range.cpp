// SPDX-License-Identifier: AGPL-3.0-or-later
#include "range.hpp"

#include <algorithm>
#include <optional>

#include "text.hpp"

namespace soundhub::http {
namespace {

enum class Verdict { good, outside, malformed };

Verdict parse_suffix(std::string_view digits, std::uint64_t size, ByteRange& out) {
  const auto count = parse_number(digits);
  if (!count) return Verdict::malformed;
  if (*count == 0 || size == 0) return Verdict::outside;
  out = {*count >= size ? 0 : size - *count, size - 1};
  return Verdict::good;
}

Verdict parse_spec(std::string_view spec, std::uint64_t size, ByteRange& out) {
  const auto dash = spec.find('-');
  if (dash == std::string_view::npos) return Verdict::malformed;
  if (dash == 0) return parse_suffix(spec.substr(1), size, out);
  const auto first = parse_number(spec.substr(0, dash));
  const auto end = spec.substr(dash + 1);
  const auto last = end.empty() ? std::optional<std::uint64_t>{UINT64_MAX} : parse_number(end);
  if (!first || !last || *first > *last) return Verdict::malformed;
  if (*first >= size) return Verdict::outside;
  out = {*first, std::min(*last, size - 1)};
  return Verdict::good;
}

bool any_touch(const std::vector<ByteRange>& sorted) {
  for (std::size_t i = 1; i < sorted.size(); ++i)
    if (sorted[i].first <= sorted[i - 1].last + 1) return true;
  return false;
}

std::vector<ByteRange> merge(const std::vector<ByteRange>& sorted) {
  std::vector<ByteRange> out;
  for (const auto& range : sorted) {
    if (!out.empty() && range.first <= out.back().last + 1)
      out.back().last = std::max(out.back().last, range.last);
    else
      out.push_back(range);
  }
  return out;
}

/// The client's order is kept unless its set overlaps: many small overlapping ranges are how servers are made to send
/// much for little (RFC 9110 14.2, 17.15).
std::vector<ByteRange> untangle(std::vector<ByteRange> ranges) {
  auto sorted = ranges;
  std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  return any_touch(sorted) ? merge(sorted) : ranges;
}

}  // namespace

RangeChoice choose_ranges(std::string_view header, std::uint64_t size) {
  constexpr std::string_view unit = "bytes=";
  if (!equal_no_case(header.substr(0, unit.size()), unit)) return {};
  std::vector<ByteRange> ranges;
  std::size_t specs = 0;
  bool malformed = false;
  split(header.substr(unit.size()), ',', [&](std::string_view piece) {
    piece = trim(piece);
    if (piece.empty() || malformed) return;
    ByteRange range;
    const auto verdict = parse_spec(piece, size, range);
    malformed = verdict == Verdict::malformed || ++specs > most_ranges;
    if (verdict == Verdict::good) ranges.push_back(range);
  });
  if (malformed || specs == 0) return {};
  if (ranges.empty()) return {RangeChoice::Kind::unsatisfiable, {}};
  return {RangeChoice::Kind::partial, untangle(std::move(ranges))};
}

}  // namespace soundhub::http
