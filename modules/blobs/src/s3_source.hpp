// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <optional>
#include <string>

#include "s3_client.hpp"
#include "soundhub/base/byte_io.hpp"
#include "soundhub/base/sha256.hpp"

namespace soundhub::blobs {

/// A blob in a bucket. Its first 256 KiB come with open(); who reads on from there gets one request that stays open
/// and holds no more than 256 KiB here; who reads anywhere else gets 256 KiB from there. A broken stream goes on where
/// it broke. What is read from the start to the end is checked against the key: internal "blob.damaged" instead of
/// the last bytes.
class S3Source final : public ByteSource {
 public:
  static constexpr std::size_t window_bytes = 256 * 1024;
  static Result<std::unique_ptr<ByteSource>> open(S3Client& client, const BlobKey& key);

  std::uint64_t size() const override { return size_bytes_; }
  Result<std::size_t> read(std::uint64_t offset, std::span<std::byte> out) override;

 private:
  S3Source(S3Client& client, BlobKey key) : client_{client}, key_{std::move(key)} {}
  Result<void> open_first();
  Result<S3Reply> get(std::uint64_t first, std::optional<std::uint64_t> last);
  Result<void> renew_tag();
  Result<void> fetch_window(std::uint64_t offset, std::uint64_t bytes);
  Result<std::size_t> next(std::uint64_t offset, std::span<std::byte> out);
  std::size_t from_window(std::uint64_t offset, std::span<std::byte> out) const;
  Result<std::size_t> from_stream(std::uint64_t offset, std::span<std::byte> out);
  Result<void> open_stream(std::uint64_t offset);
  Result<void> check(std::uint64_t offset, BytesView bytes);

  S3Client& client_;
  BlobKey key_;
  std::uint64_t size_bytes_{0};
  std::string tag_;
  std::string window_;
  std::uint64_t window_at_{0};
  LinePool::Lease stream_;
  std::uint64_t stream_at_{0};
  std::uint64_t expected_{0};  ///< where a sequential reader reads next
  Sha256 hash_;
  std::uint64_t hashed_to_{0};
  bool sound_{false}, damaged_{false};
};

}  // namespace soundhub::blobs
