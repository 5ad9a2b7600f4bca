// SPDX-License-Identifier: AGPL-3.0-or-later
#include "file.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace soundhub::media {

File::File(int fd) : fd_{fd}, size_{std::max<std::int64_t>(::lseek(fd, 0, SEEK_END), 0)} {}

std::size_t File::read_at(std::int64_t offset, std::span<std::byte> out) const {
  std::size_t done = 0;
  while (done < out.size()) {
    const auto got = ::pread(fd_, out.data() + done, out.size() - done, offset + static_cast<std::int64_t>(done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    done += static_cast<std::size_t>(got);
  }
  return done;
}

}  // namespace soundhub::media
