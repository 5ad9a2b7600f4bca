// SPDX-License-Identifier: AGPL-3.0-or-later
#include "files.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace soundhub::blobs {

tl::unexpected<Error> fail_file(const std::string& what) {
  const bool no_room = errno == ENOSPC || errno == EDQUOT || errno == EFBIG;
  auto error = fail_errno(what);
  if (no_room) return fail(Errc::unavailable, "storage.full", error.value().detail);
  return error;
}

Result<void> write_all(int fd, BytesView bytes) {
  while (!bytes.empty()) {
    const auto done = ::write(fd, bytes.data(), bytes.size());
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return fail_file("write a blob");
    bytes = bytes.subspan(static_cast<std::size_t>(done));
  }
  return {};
}

Result<void> sync_folder(const std::string& path) {
  const Fd fd{::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!fd || ::fsync(fd.get()) != 0) return fail_file("fsync " + path);
  return {};
}

Time modified_at(const struct stat& info) {
  return from_millis(std::int64_t{info.st_mtim.tv_sec} * 1000 + info.st_mtim.tv_nsec / 1'000'000);
}

Result<std::size_t> FileSource::read(std::uint64_t offset, std::span<std::byte> out) {
  std::size_t filled = 0;
  while (filled < out.size()) {
    const auto got = ::pread(fd_.get(), out.data() + filled, out.size() - filled, static_cast<off_t>(offset + filled));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail_file("read a blob");
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  return filled;
}

}  // namespace soundhub::blobs
