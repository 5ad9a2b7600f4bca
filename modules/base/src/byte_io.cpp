// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/base/byte_io.hpp"

#include <algorithm>

namespace soundhub {

Result<std::size_t> MemorySource::read(std::uint64_t offset, std::span<std::byte> out) {
  if (offset >= bytes_.size()) return std::size_t{0};
  const auto count = std::min<std::size_t>(out.size(), bytes_.size() - static_cast<std::size_t>(offset));
  std::memcpy(out.data(), bytes_.data() + offset, count);
  return count;
}

Result<std::string> read_all(ByteSource& source, std::uint64_t limit) {
  if (source.size() > limit) return fail(Errc::too_large, "too_large");
  std::string out(static_cast<std::size_t>(source.size()), '\0');
  std::size_t have = 0;
  while (have < out.size()) {
    SH_TRY(const auto got, source.read(have, std::as_writable_bytes(std::span{out}).subspan(have)));
    if (got == 0) return fail(Errc::internal, "internal", "source ended early");
    have += got;
  }
  return out;
}

}  // namespace soundhub
