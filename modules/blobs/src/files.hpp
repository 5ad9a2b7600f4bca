// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <sys/stat.h>

#include <memory>
#include <string>

#include "soundhub/base/byte_io.hpp"
#include "soundhub/base/clock.hpp"
#include "soundhub/base/error.hpp"
#include "soundhub/base/fd.hpp"

namespace soundhub::blobs {

/// errno as an error: no room is unavailable "storage.full", the rest internal.
tl::unexpected<Error> fail_file(const std::string& what);

Result<void> write_all(int fd, BytesView bytes);
Result<void> sync_folder(const std::string& path);
Time modified_at(const struct stat& info);

/// A whole file as a source with a descriptor.
class FileSource final : public ByteSource {
 public:
  FileSource(Fd fd, std::uint64_t size_bytes) : fd_{std::move(fd)}, size_bytes_{size_bytes} {}
  std::uint64_t size() const override { return size_bytes_; }
  Result<std::size_t> read(std::uint64_t offset, std::span<std::byte> out) override;
  std::optional<int> descriptor() const override { return fd_.get(); }

 private:
  Fd fd_;
  std::uint64_t size_bytes_;
};

}  // namespace soundhub::blobs
