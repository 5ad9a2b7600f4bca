// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace soundhub::http {

/// Text-like media types: worth compressing.
bool compressible(std::string_view content_type);
/// RFC 1952 by zlib, level 5; nullopt if zlib fails (no memory) or it wouldn't get smaller.
std::optional<std::string> gzip(std::string_view text);

constexpr std::size_t least_gzip_bytes = 1024;

}  // namespace soundhub::http
