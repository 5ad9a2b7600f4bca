// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "soundhub/base/bytes.hpp"
#include "soundhub/base/error.hpp"

namespace soundhub {

/// Takes bytes as they come. Not thread-safe; owned by whoever asked for it.
class ByteSink {
 public:
  virtual ~ByteSink() = default;
  virtual Result<void> write(BytesView bytes) = 0;
};

/// An immutable run of bytes that can be read from anywhere. Not thread-safe; one reader each.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  virtual std::uint64_t size() const = 0;  ///< bytes
  /// Fills `out` from `offset`; fewer bytes only at the end (0: past it).
  virtual Result<std::size_t> read(std::uint64_t offset, std::span<std::byte> out) = 0;
  /// A descriptor that holds just these bytes from offset 0, if there is one: `http` may sendfile(2) from it.
  /// Stays owned by the source.
  virtual std::optional<int> descriptor() const { return std::nullopt; }
};

/// Bytes in memory.
class MemorySource final : public ByteSource {
 public:
  explicit MemorySource(std::string bytes) : bytes_{std::move(bytes)} {}
  std::uint64_t size() const override { return bytes_.size(); }
  Result<std::size_t> read(std::uint64_t offset, std::span<std::byte> out) override;

 private:
  std::string bytes_;
};

/// All of a source in memory, or `too_large` above `limit` bytes.
Result<std::string> read_all(ByteSource& source, std::uint64_t limit);

}  // namespace soundhub
