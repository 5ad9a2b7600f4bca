// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace soundhub {

/// Bytes of the well-formed UTF-8 sequence at the front (RFC 3629), or 0; `text` isn't empty.
std::size_t utf8_length(std::string_view text);
bool is_utf8(std::string_view text);
/// Code points of well-formed text.
std::size_t count_characters(std::string_view text);
/// Without spaces, tabs, line breaks and U+3000 at both ends.
std::string_view trim(std::string_view text);
/// ASCII only.
std::string to_lower(std::string_view text);
bool equals_ignoring_case(std::string_view a, std::string_view b);  ///< ASCII only
/// The first `characters` code points of well-formed text.
std::string_view first_characters(std::string_view text, std::size_t characters);
/// A whole decimal number, nothing before or behind it.
std::optional<std::int64_t> parse_integer(std::string_view text);

}  // namespace soundhub
