// SPDX-License-Identifier: AGPL-3.0-or-later
#include "spool.hpp"

#include <fcntl.h>
#include <stdlib.h>

#include <algorithm>

#include "files.hpp"

namespace soundhub::blobs {

Result<void> Spool::write(BytesView bytes) {
  if (!file_ && memory_.size() + bytes.size() <= memory_bytes) {
    memory_.insert(memory_.end(), bytes.begin(), bytes.end());
  } else {
    if (!file_) SH_CHECK(to_file());
    SH_CHECK(write_all(file_.get(), bytes));
  }
  size_bytes_ += bytes.size();
  return {};
}

// O_TMPFILE isn't there on every filesystem.
Result<void> Spool::to_file() {
  std::error_code error;
  const auto folder = folder_.empty() ? std::filesystem::temp_directory_path(error) : folder_;
  file_.reset(::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (!file_) {
    auto name = (folder / "soundhub-blob-XXXXXX").string();
    file_.reset(::mkostemp(name.data(), O_CLOEXEC));
    if (!file_) return fail_file("make a temporary file in " + folder.string());
    ::unlink(name.c_str());
  }
  SH_CHECK(write_all(file_.get(), memory_));
  memory_ = Bytes{};
  return {};
}

Result<std::size_t> Spool::read(std::uint64_t offset, std::span<std::byte> out) const {
  if (offset >= size_bytes_) return std::size_t{0};
  if (!file_) {
    const auto piece = BytesView{memory_}.subspan(static_cast<std::size_t>(offset));
    const auto size = std::min(piece.size(), out.size());
    std::ranges::copy(piece.first(size), out.begin());
    return size;
  }
  std::size_t filled = 0;
  while (filled < out.size()) {
    const auto got =
        ::pread(file_.get(), out.data() + filled, out.size() - filled, static_cast<off_t>(offset + filled));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail_file("read a temporary file");
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  return filled;
}

}  // namespace soundhub::blobs
