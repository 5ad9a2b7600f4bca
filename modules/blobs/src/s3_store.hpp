// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <optional>

#include "s3_client.hpp"
#include "soundhub/blobs/store.hpp"
#include "spool.hpp"

namespace soundhub::blobs {

class S3Store final : public BlobStore {
 public:
  explicit S3Store(std::unique_ptr<S3Client> client) : client_{std::move(client)} {}

  Result<std::unique_ptr<BlobWriter>> begin() override;
  Result<std::unique_ptr<ByteSource>> open(const BlobKey& key) override;
  Result<Blob> stat(const BlobKey& key) override;
  Result<void> list(const std::function<Result<void>(const Listed&)>& visit) override;
  Result<bool> remove(const BlobKey& key, Time older_than) override;
  Result<std::optional<std::string>> link(const BlobKey& key, const LinkOptions& options) override;
  std::string link_origin() const override { return client_->link_origin(); }
  Result<std::uint64_t> abandon(Time older_than) override;
  Result<void> check() override;

  /// Uploads the spooled bytes under their name; young and durable when it returns.
  Result<void> adopt(const Spool& spool, const Blob& blob);

 private:
  struct Held {
    std::uint64_t size_bytes{0};
    Time modified;
    std::chrono::milliseconds age{};  ///< by the service's clock
  };
  std::string object_of(const BlobKey& key) const { return client_->object_key("objects", key.hex()); }
  std::string mark_of(const BlobKey& key) const { return client_->object_key("removing", key.hex()); }
  Result<std::optional<Held>> head(const std::string& object);
  Result<void> upload(const Spool& spool, const Blob& blob);
  Result<bool> renew(const BlobKey& key);
  Result<void> wait_for_removal(const BlobKey& key);
  Result<bool> mark(const BlobKey& key);
  Result<void> erase(const std::string& object, bool once = false);
  Result<bool> remove_marked(const BlobKey& key, Time older_than);
  Result<void> each_object(const std::string& prefix, const std::function<Result<void>(const S3Object&)>& visit);
  sigv4::Pairs encryption() const;

  std::unique_ptr<S3Client> client_;
};

}  // namespace soundhub::blobs
