// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "soundhub/blobs/observe.hpp"
#include "soundhub/blobs/store.hpp"

namespace soundhub::blobs {

/// How long and how often the service is asked.
struct S3Limits {
  std::chrono::milliseconds connect{5000};
  std::chrono::seconds stall{20};     ///< under 1 KiB/s for so long: given up and tried again
  std::chrono::seconds attempt{600};  ///< one request and its reply
  int attempts{8};                    ///< of one request, whatever the reason
  std::chrono::seconds retrying{60};  ///< no further attempt after so long
  std::chrono::milliseconds first_pause{100}, longest_pause{5000};  ///< exponential, full jitter
  /// A blob that is there and younger is left as it is when it is put again: every sweep leaves a day.
  std::chrono::milliseconds fresh{600'000};
};

struct S3Options {
  std::string endpoint;         ///< "https://minio.example.org:9000"; empty: AWS's own of the region
  std::string public_endpoint;  ///< of links, if browsers reach it by another name; empty: `endpoint`
  std::string region{"us-east-1"};
  std::string bucket;
  std::string prefix;     ///< of every key, "soundhub/"; may be empty
  bool path_style{true};  ///< endpoint/bucket/key; else bucket.endpoint/key

  /// Where keys come from, the first that has any: here; the environment (AWS_ACCESS_KEY_ID …); the profile of a
  /// credentials file; the container's (AWS_CONTAINER_CREDENTIALS_*_URI); the instance's role (IMDSv2).
  std::string access_key, secret_key, session_token;
  std::string credentials_file;  ///< empty: AWS_SHARED_CREDENTIALS_FILE, else ~/.aws/credentials
  std::string profile;           ///< empty: AWS_PROFILE, else "default"
  std::function<std::optional<std::string>(const char* name)> environment;  ///< empty: the process's

  std::string encryption;  ///< at rest: "", "AES256" or "aws:kms"
  std::string kms_key_id;
  std::string ca_file;                 ///< PEM of who signed the endpoint's certificate; empty: the system's
  std::filesystem::path spool_folder;  ///< for blobs in the making; empty: the system's temporary folder
  S3Limits limits;
  /// Hears of each request by S3's name of it ("GetObject", "PutObject" …), tries that failed too.
  Observe on_request;
};

/// A store in a bucket of any S3-compatible service that is consistent (AWS since 2020, MinIO, Ceph, R2, Swift):
///   <prefix>objects/ab/ab…   the blobs, as in a folder
///   <prefix>removing/ab…     marks of removals in progress (see docs/decisions/010)
/// A writer spools to an unlinked file, since the name is the hash; commit() uploads, in parts above 16 MiB. A read of
/// the whole from start to end is checked against the key. Sources and writers don't outlive it. invalid "config.s3" if
/// the options can't work. Doesn't ask the service; BlobStore::check() does.
Result<std::unique_ptr<BlobStore>> open_s3(S3Options options);

}  // namespace soundhub::blobs
