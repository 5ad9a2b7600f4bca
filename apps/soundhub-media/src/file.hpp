// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <cstdint>

#include "soundhub/base/bytes.hpp"

namespace soundhub::media {

/// The uploaded file: an open descriptor, read by position. Reads past the end, and failed reads, give fewer bytes.
class File {
 public:
  explicit File(int fd);
  std::int64_t size() const { return size_; }
  std::size_t read_at(std::int64_t offset, std::span<std::byte> out) const;

 private:
  int fd_;
  std::int64_t size_;
};

}  // namespace soundhub::media
