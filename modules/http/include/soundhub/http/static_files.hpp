// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "soundhub/http/message.hpp"

namespace soundhub::http {

/// One file of the web app, kept in the program itself; empty variants don't exist.
struct StaticFile {
  std::string_view path;  ///< "/assets/index-abc.js"
  std::string_view content_type;
  std::string_view bytes, gzip, brotli;
  std::string_view etag;  ///< with its quotes
  bool immutable{};       ///< its name holds its hash: cached for a year
};

/// The best variant for the request's Accept-Encoding, with ETag, Vary and Cache-Control; the bytes aren't copied.
Response serve(const StaticFile& file, const Request& request);

/// What of an Accept-Encoding is accepted (RFC 9110 12.5.3, q-values honoured).
struct Encodings {
  bool gzip{}, brotli{};
};
Encodings accepted_encodings(std::optional<std::string_view> header);

}  // namespace soundhub::http
