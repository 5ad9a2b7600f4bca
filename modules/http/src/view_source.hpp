// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <algorithm>
#include <cstring>
#include <string_view>

#include "soundhub/base/byte_io.hpp"

namespace soundhub::http {

/// Bytes that live as long as the program; the server sends them from where they are.
class ViewSource final : public ByteSource {
 public:
  explicit ViewSource(std::string_view bytes) : bytes_{bytes} {}
  std::uint64_t size() const override { return bytes_.size(); }
  Result<std::size_t> read(std::uint64_t offset, std::span<std::byte> out) override {
    if (offset >= bytes_.size()) return std::size_t{0};
    const auto piece = bytes_.substr(static_cast<std::size_t>(offset), out.size());
    std::memcpy(out.data(), piece.data(), piece.size());
    return piece.size();
  }
  std::string_view bytes() const { return bytes_; }

 private:
  std::string_view bytes_;
};

}  // namespace soundhub::http
