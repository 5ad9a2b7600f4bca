// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <filesystem>

#include "soundhub/base/bytes.hpp"
#include "soundhub/base/error.hpp"
#include "soundhub/base/fd.hpp"

namespace soundhub::blobs {

/// Bytes that wait to be sent: in memory while they are few, then in an unlinked file. Any number of threads may read
/// once nobody writes.
class Spool {
 public:
  static constexpr std::size_t memory_bytes = 256 * 1024;
  explicit Spool(std::filesystem::path folder) : folder_{std::move(folder)} {}
  Result<void> write(BytesView bytes);
  std::uint64_t size() const { return size_bytes_; }
  /// Fewer than out.size() only at the end.
  Result<std::size_t> read(std::uint64_t offset, std::span<std::byte> out) const;

 private:
  Result<void> to_file();
  std::filesystem::path folder_;
  Bytes memory_;
  Fd file_;
  std::uint64_t size_bytes_{0};
};

}  // namespace soundhub::blobs
