// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/http/static_files.hpp"

#include "text.hpp"
#include "view_source.hpp"

namespace soundhub::http {
namespace {

/// ";q=0", ";q=0.000": refused. Anything else is accepted; how much doesn't matter between two encodings.
bool refused(std::string_view parameters) {
  bool zero = false;
  split(parameters, ';', [&](std::string_view parameter) {
    parameter = trim(parameter);
    if (!equal_no_case(parameter.substr(0, 2), "q=")) return;
    zero = trim(parameter.substr(2)).find_first_not_of("0.") == std::string_view::npos;
  });
  return zero;
}

struct Variant {
  std::string_view bytes, coding;
};

Variant best_variant(const StaticFile& file, const Encodings& accepted) {
  if (accepted.brotli && !file.brotli.empty()) return {file.brotli, "br"};
  if (accepted.gzip && !file.gzip.empty()) return {file.gzip, "gzip"};
  return {file.bytes, ""};
}

std::string tag_of(std::string_view etag, std::string_view coding) {
  if (coding.empty() || etag.size() < 2) return std::string{etag};
  return std::string{etag.substr(0, etag.size() - 1)} + "-" + std::string{coding} + "\"";
}

}  // namespace

Encodings accepted_encodings(std::optional<std::string_view> header) {
  Encodings out;
  if (!header) return out;
  std::optional<bool> gzip, brotli, any;
  split(*header, ',', [&](std::string_view item) {
    const auto end = item.find(';');
    const auto coding = trim(item.substr(0, end));
    const bool wanted = end == std::string_view::npos || !refused(item.substr(end + 1));
    if (equal_no_case(coding, "gzip") || equal_no_case(coding, "x-gzip")) gzip = wanted;
    if (equal_no_case(coding, "br")) brotli = wanted;
    if (coding == "*") any = wanted;
  });
  out.gzip = gzip.value_or(any.value_or(false));
  out.brotli = brotli.value_or(any.value_or(false));
  return out;
}

Response serve(const StaticFile& file, const Request& request) {
  const auto variant = best_variant(file, accepted_encodings(request.header("Accept-Encoding")));
  Response response{200, {}, std::make_unique<ViewSource>(variant.bytes)};
  response.headers.add("Content-Type", std::string{file.content_type});
  if (!file.etag.empty()) response.headers.add("ETag", tag_of(file.etag, variant.coding));
  if (!variant.coding.empty()) response.headers.add("Content-Encoding", std::string{variant.coding});
  if (!file.gzip.empty() || !file.brotli.empty()) response.headers.add("Vary", "Accept-Encoding");
  response.headers.add("Cache-Control", file.immutable ? "public, max-age=31536000, immutable" : "no-cache");
  return response;
}

}  // namespace soundhub::http
