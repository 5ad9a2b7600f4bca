// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "soundhub/base/clock.hpp"
#include "soundhub/base/error.hpp"

// What S3 says, read: XML by pugixml (no entities from outside, no recursion), never more than 8 MiB of it.
namespace soundhub::blobs {

constexpr std::size_t s3_reply_bytes = 8 * 1024 * 1024;

struct S3Failure {
  std::string code, message;  ///< "NoSuchKey"; both empty if it isn't S3's <Error>
};
S3Failure parse_failure(std::string_view xml);

struct S3Object {
  std::string key;
  std::uint64_t size_bytes{0};
  Time modified;
};
struct S3Page {
  std::vector<S3Object> objects;
  std::string next;  ///< continuation token; empty: the last page
};
/// ListObjectsV2.
Result<S3Page> parse_page(std::string_view xml);

struct S3Unfinished {
  std::string key, id;
  Time begun;
};
/// ListMultipartUploads, its first page.
Result<std::vector<S3Unfinished>> parse_uploads(std::string_view xml);

/// CreateMultipartUpload's id.
Result<std::string> parse_upload_id(std::string_view xml);

/// "2026-11-22T20:14:03.120Z" (fraction optional).
std::optional<Time> parse_iso_time(std::string_view text);
/// "Sun, 22 Nov 2026 20:14:03 GMT"
std::optional<Time> parse_http_time(std::string_view text);

struct ContentRange {
  std::uint64_t first{0}, last{0}, total{0};
};
/// "bytes 0-9/10"
std::optional<ContentRange> parse_content_range(std::string_view text);
std::optional<std::uint64_t> parse_count(std::string_view text);

}  // namespace soundhub::blobs
