// SPDX-License-Identifier: AGPL-3.0-or-later
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "s3_reply.hpp"

using namespace soundhub::blobs;

/// Whatever a service sends is read or refused.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t length) {
  const std::string_view text{reinterpret_cast<const char*>(data), length};
  if (const auto page = parse_page(text); page && page->objects.size() > length) std::abort();
  static_cast<void>(parse_failure(text));
  static_cast<void>(parse_uploads(text));
  static_cast<void>(parse_upload_id(text));
  static_cast<void>(parse_iso_time(text));
  static_cast<void>(parse_http_time(text));
  if (const auto range = parse_content_range(text); range && range->last >= range->total) std::abort();
  return 0;
}
