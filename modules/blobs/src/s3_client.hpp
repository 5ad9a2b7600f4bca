// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "credentials.hpp"
#include "line.hpp"
#include "s3_reply.hpp"
#include "sigv4.hpp"
#include "soundhub/blobs/s3.hpp"

namespace soundhub::blobs {

/// One request to S3, before it is signed.
struct S3Call {
  std::string name;  ///< S3's: "GetObject"
  std::string method;
  std::string key;  ///< with the prefix; empty: the bucket itself
  sigv4::Pairs query;
  sigv4::Pairs headers;  ///< signed too
  std::string text;      ///< the body, or…
  std::optional<HttpBody> body;
  std::string body_sha256;  ///< of `body`
  bool once{false};         ///< one try only
};

struct S3Reply {
  int status{0};
  std::map<std::string, std::string> headers;  ///< by lower-case name
  std::string body;                            ///< empty of a stream
  LinePool::Lease stream;                      ///< of open(), if it succeeded: the body is still to come
  bool ok() const { return status >= 200 && status < 300; }
  std::string header(const std::string& name) const;
};

/// Signs, sends, tries again. Any reply that trying again can't change is a value, 404 too. Thread-safe.
/// Errors: unavailable "blob.unreachable", "blob.no_credentials".
class S3Client {
 public:
  static Result<std::unique_ptr<S3Client>> make(S3Options options);

  /// The reply with its whole body.
  Result<S3Reply> send(const S3Call& call);
  /// The reply's head; its body streams if the status is 2xx.
  Result<S3Reply> open(const S3Call& call);
  /// A reply that isn't good, as an error: unavailable "blob.denied", "storage.full", "blob.no_bucket" …
  static Error refusal(const S3Call& call, const S3Reply& reply);
  Result<std::string> presign(const std::string& key, const sigv4::Pairs& query, std::chrono::seconds expires);

  std::string object_key(std::string_view folder, const std::string& hex) const;  ///< <prefix>objects/ab/ab…
  const S3Options& options() const { return options_; }
  std::string link_origin() const { return link_origin_; }
  /// Whether there is a try after number `attempt` (from 0) of what began then, and how long to wait before it.
  bool again(int attempt, std::chrono::steady_clock::time_point began) const;
  std::chrono::milliseconds pause(int attempt) const;

 private:
  struct Place {
    std::string origin, host, base;  ///< "https://host:port", Host, path before the key
  };
  S3Client(S3Options options, Place place, Place link_place);
  static Result<Place> place_of(const S3Options& options, std::string endpoint);
  static std::string path_of(const Place& place, const std::string& key);
  HttpRequest signed_request(const S3Call& call, const sigv4::Keys& keys) const;
  Result<S3Reply> retry(const S3Call& call, bool stream);
  struct Try;
  Try attempt(const S3Call& call, const sigv4::Keys& keys, bool stream);
  void tell(const S3Call& call, std::chrono::steady_clock::time_point began, std::string_view outcome) const;

  S3Options options_;
  Place place_, link_place_;
  std::string link_origin_;
  SystemClock clock_;
  Credentials credentials_;
  LinePool lines_;
};

}  // namespace soundhub::blobs
