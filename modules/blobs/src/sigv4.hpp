// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "soundhub/base/clock.hpp"

// AWS Signature Version 4 (docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html), by
// header and by query. Pure functions.
namespace soundhub::blobs::sigv4 {

/// What signs. `session_token` is empty unless the key is a temporary one.
struct Keys {
  std::string access_key, secret_key, session_token;
};

struct Scope {
  std::string region, service{"s3"};
};

using Pairs = std::vector<std::pair<std::string, std::string>>;

/// RFC 3986: all bytes but unreserved ones as %XX, upper case. '/' stays in a path.
std::string encode(std::string_view text);
std::string encode_path(std::string_view path);
/// "a=1&b=2" of encoded names and values, sorted as the signature wants them. The one form that is signed and sent.
std::string query_of(const Pairs& query);

struct Request {
  std::string method;
  std::string path;            ///< as sent: encoded, begins with '/'
  Pairs query;                 ///< plain
  Pairs headers;               ///< all that are to be signed, "host" among them; names in any case
  std::string payload_sha256;  ///< hex, or "UNSIGNED-PAYLOAD"
};

constexpr std::string_view unsigned_payload = "UNSIGNED-PAYLOAD";

/// "20130524T000000Z"
std::string timestamp(Time now);

/// The value of Authorization. The caller sends x-amz-date (= timestamp(now)) among the signed headers.
std::string authorization(const Request& request, const Keys& keys, const Scope& scope, Time now);

/// `request`'s query with all that makes it a signed link, X-Amz-Signature last. At most seven days.
std::string presigned_query(const Request& request, const Keys& keys, const Scope& scope, Time now,
                            std::chrono::seconds expires);

}  // namespace soundhub::blobs::sigv4
