// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace soundhub {

using Bytes = std::vector<std::byte>;
using BytesView = std::span<const std::byte>;

inline BytesView as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}
inline std::string_view as_text(BytesView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Appends `value` little-endian, whatever the host.
template <std::integral T>
void put_le(Bytes& out, T value) {
  auto bits = static_cast<std::make_unsigned_t<T>>(value);
  for (std::size_t i = 0; i < sizeof(T); ++i) out.push_back(static_cast<std::byte>((bits >> (8 * i)) & 0xff));
}
inline void put_le(Bytes& out, double value) {
  put_le(out, std::bit_cast<std::uint64_t>(value));
}

/// Reads little-endian values off the front of a view; every read says whether there was enough.
class LittleEndianReader {
 public:
  explicit LittleEndianReader(BytesView bytes) : rest_{bytes} {}

  template <std::integral T>
  std::optional<T> read() {
    if (rest_.size() < sizeof(T)) return std::nullopt;
    std::make_unsigned_t<T> bits{};
    for (std::size_t i = 0; i < sizeof(T); ++i)
      bits = static_cast<std::make_unsigned_t<T>>(bits | (static_cast<std::make_unsigned_t<T>>(rest_[i]) << (8 * i)));
    rest_ = rest_.subspan(sizeof(T));
    return static_cast<T>(bits);
  }
  std::optional<double> read_double() {
    const auto bits = read<std::uint64_t>();
    return bits ? std::optional{std::bit_cast<double>(*bits)} : std::nullopt;
  }
  std::optional<BytesView> read_bytes(std::size_t size) {
    if (rest_.size() < size) return std::nullopt;
    const auto out = rest_.first(size);
    rest_ = rest_.subspan(size);
    return out;
  }
  BytesView rest() const { return rest_; }

 private:
  BytesView rest_;
};

std::string to_hex(BytesView bytes);                      ///< lower case
std::optional<Bytes> from_hex(std::string_view text);     ///< either case; nullopt if it isn't hex
std::string to_base64url(BytesView bytes);                ///< RFC 4648 section 5, no padding
std::optional<Bytes> from_base64(std::string_view text);  ///< RFC 4648 section 4 or 5, padding optional

}  // namespace soundhub
