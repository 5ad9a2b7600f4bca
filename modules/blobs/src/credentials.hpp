// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <mutex>
#include <optional>
#include <string>

#include "line.hpp"
#include "sigv4.hpp"
#include "soundhub/base/clock.hpp"
#include "soundhub/blobs/s3.hpp"

namespace soundhub::blobs {

/// Keys to sign with, from the first place that has any; those that end are renewed before. Thread-safe.
class Credentials {
 public:
  explicit Credentials(const S3Options& options);
  /// unavailable "blob.no_credentials" if no place has any; its detail says which were asked.
  Result<sigv4::Keys> get(Time now);
  /// The service says that these have ended: asks again at the next get().
  void forget(const sigv4::Keys& keys);

 private:
  struct Held {
    sigv4::Keys keys;
    std::optional<Time> ends;
  };
  using Found = Result<std::optional<Held>>;
  Found find();
  Found in_environment() const;
  Found in_file() const;
  Found in_container();
  Found in_instance();
  Result<std::string> ask(const std::string& method, const std::string& url, std::vector<std::string> headers);
  std::string variable(const char* name) const;

  std::optional<Held> fixed_;
  std::string file_, profile_;
  std::function<std::optional<std::string>(const char*)> environment_;
  LinePool lines_;
  std::mutex mutex_;
  std::optional<Held> held_;
};

/// The keys of `profile` in a credentials file's text ("[default]", "aws_access_key_id = …"); nullopt if it has none.
std::optional<sigv4::Keys> keys_of_profile(std::string_view text, std::string_view profile);

}  // namespace soundhub::blobs
