// SPDX-License-Identifier: AGPL-3.0-or-later
#include "gzip.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>

#include "text.hpp"

namespace soundhub::http {

bool compressible(std::string_view content_type) {
  const auto type = trim(content_type.substr(0, content_type.find(';')));
  constexpr std::array<std::string_view, 7> types{
      "application/json", "application/javascript", "application/xml",         "application/manifest+json",
      "image/svg+xml",    "application/wasm",       "application/problem+json"};
  return equal_no_case(type.substr(0, 5), "text/") ||
         std::any_of(types.begin(), types.end(), [&](std::string_view t) { return equal_no_case(t, type); });
}

std::optional<std::string> gzip(std::string_view text) {
  if (text.size() > UINT32_MAX / 2) return std::nullopt;
  z_stream stream{};
  constexpr int level = 5, window_bits_with_gzip_head = 15 + 16, memory_level = 8;
  if (deflateInit2(&stream, level, Z_DEFLATED, window_bits_with_gzip_head, memory_level, Z_DEFAULT_STRATEGY) != Z_OK)
    return std::nullopt;
  std::string out(text.size(), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int outcome = deflate(&stream, Z_FINISH);
  const auto size = stream.total_out;
  deflateEnd(&stream);
  if (outcome != Z_STREAM_END) return std::nullopt;
  out.resize(size);
  return out;
}

}  // namespace soundhub::http
