// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <string>

#include "folder_store.hpp"

namespace soundhub::blobs {

/// A temporary file of a FolderStore.
class FolderWriter final : public BlobWriter {
 public:
  FolderWriter(FolderStore& store, Fd fd, std::string path)
      : store_{store}, fd_{std::move(fd)}, path_{std::move(path)} {}
  ~FolderWriter() override;
  Result<void> write(BytesView bytes) override;
  Result<Blob> commit() override;

 private:
  FolderStore& store_;
  Fd fd_;  // closed after commit and after a failed write
  std::string path_;
  Sha256 hash_;
  std::uint64_t size_bytes_{0};
};

}  // namespace soundhub::blobs
