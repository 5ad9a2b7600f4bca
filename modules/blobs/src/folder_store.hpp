// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <array>
#include <atomic>
#include <filesystem>
#include <string>

#include "soundhub/base/fd.hpp"
#include "soundhub/blobs/store.hpp"

namespace soundhub::blobs {

class FolderStore final : public BlobStore {
 public:
  static Result<std::unique_ptr<BlobStore>> open_at(const std::filesystem::path& root);

  Result<std::unique_ptr<BlobWriter>> begin() override;
  Result<std::unique_ptr<ByteSource>> open(const BlobKey& key) override;
  Result<Blob> stat(const BlobKey& key) override;
  Result<void> list(const std::function<Result<void>(const Listed&)>& visit) override;
  Result<bool> remove(const BlobKey& key, Time older_than) override;

  /// Names the finished temporary; durable when it returns. The temporary is gone then, or its writer removes it.
  Result<void> adopt(const std::string& temporary, const Blob& blob);

 private:
  explicit FolderStore(std::filesystem::path root) : root_{std::move(root)} {}
  std::string shelf_of(const BlobKey& key) const { return root_ / "objects" / key.hex().substr(0, 2); }
  std::string path_of(const BlobKey& key) const { return shelf_of(key) + "/" + key.hex(); }
  std::string trash_of(const BlobKey& key) const { return root_ / "tmp" / ("trash-" + key.hex()); }
  Result<bool> refresh(const std::string& temporary, const Blob& blob);
  Result<void> make_folders();
  Result<void> make_shelf(const BlobKey& key);
  Result<void> clean_up();

  std::filesystem::path root_;
  std::array<std::atomic<bool>, 256> flushed_{};  // by first byte of the key
};

}  // namespace soundhub::blobs
