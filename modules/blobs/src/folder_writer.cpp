// SPDX-License-Identifier: AGPL-3.0-or-later
#include "folder_writer.hpp"

#include <unistd.h>

#include "files.hpp"

namespace soundhub::blobs {

FolderWriter::~FolderWriter() {
  ::unlink(path_.c_str());
}

Result<void> FolderWriter::write(BytesView bytes) {
  if (!fd_) return fail(Errc::internal, "internal", "write to a blob that has ended");
  if (auto done = write_all(fd_.get(), bytes); !done) {
    fd_.reset();
    return done;
  }
  hash_.update(bytes);
  size_bytes_ += bytes.size();
  return {};
}

Result<Blob> FolderWriter::commit() {
  if (!fd_) return fail(Errc::internal, "internal", "commit of a blob that has ended");
  const Fd fd = std::move(fd_);
  if (::fsync(fd.get()) != 0) return fail_file("fsync a blob");
  Blob blob{.key = BlobKey{hash_.finish()}, .size_bytes = size_bytes_};
  SH_CHECK(store_.adopt(path_, blob));
  return blob;
}

}  // namespace soundhub::blobs
