// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <string>
#include <vector>

#include "s3_client.hpp"
#include "spool.hpp"

namespace soundhub::blobs {

/// One object's way into the bucket: whole, or in parts above 16 MiB. Nothing of it is seen before the end; the
/// service compares every body with the hash that was signed.
class S3Upload {
 public:
  static constexpr std::uint64_t part_bytes = 16ull << 20;
  static constexpr unsigned parallel = 3;

  S3Upload(S3Client& client, std::string key, sigv4::Pairs headers)
      : client_{client}, key_{std::move(key)}, headers_{std::move(headers)} {}
  Result<void> run(const Spool& spool, const Blob& blob);
  /// Forgets a multipart upload and its parts.
  Result<void> abort(const std::string& id);

 private:
  Result<void> put(const Spool& spool, const Blob& blob);
  Result<void> put_in_parts(const Spool& spool, const Blob& blob);
  Result<std::string> create();
  Result<std::vector<std::string>> put_parts(const Spool& spool, const std::string& id);
  Result<std::string> put_part(const Spool& spool, const std::string& id, std::size_t index);
  Result<void> complete(const std::string& id, const std::vector<std::string>& tags, const Blob& blob);
  Result<bool> is_there(const Blob& blob);

  S3Client& client_;
  std::string key_;
  sigv4::Pairs headers_;
};

}  // namespace soundhub::blobs
