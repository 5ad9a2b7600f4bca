// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <filesystem>

#include "s3_store.hpp"
#include "spool.hpp"

namespace soundhub::blobs {

/// Spools what comes; the service hears of it at commit().
class S3Writer final : public BlobWriter {
 public:
  S3Writer(S3Store& store, std::filesystem::path folder) : store_{store}, spool_{std::move(folder)} {}
  Result<void> write(BytesView bytes) override;
  Result<Blob> commit() override;

 private:
  S3Store& store_;
  Spool spool_;
  Sha256 hash_;
  bool ended_{false};  // after commit and after a failed write
};

}  // namespace soundhub::blobs
