// SPDX-License-Identifier: AGPL-3.0-or-later
#include "s3_writer.hpp"

namespace soundhub::blobs {

Result<void> S3Writer::write(BytesView bytes) {
  if (ended_) return fail(Errc::internal, "internal", "write to a blob that has ended");
  if (auto done = spool_.write(bytes); !done) {
    ended_ = true;
    return done;
  }
  hash_.update(bytes);
  return {};
}

Result<Blob> S3Writer::commit() {
  if (ended_) return fail(Errc::internal, "internal", "commit of a blob that has ended");
  ended_ = true;
  Blob blob{.key = BlobKey{hash_.finish()}, .size_bytes = spool_.size()};
  SH_CHECK(store_.adopt(spool_, blob));
  return blob;
}

}  // namespace soundhub::blobs
