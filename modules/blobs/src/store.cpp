// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/blobs/store.hpp"

#include <algorithm>

namespace soundhub::blobs {

Result<BlobKey> BlobKey::parse(std::string_view hex) {
  const auto is_digit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  if (hex.size() != 64 || !std::ranges::all_of(hex, is_digit)) return fail(Errc::invalid, "blob.bad_key");
  return BlobKey{std::string{hex}};
}

Result<Blob> put(BlobStore& store, ByteSource& source) {
  SH_TRY(const auto writer, store.begin());
  Bytes buffer(std::size_t{1} << 18);
  for (std::uint64_t offset = 0;;) {
    SH_TRY(const auto got, source.read(offset, buffer));
    if (got == 0) return writer->commit();
    SH_CHECK(writer->write(BytesView{buffer}.first(got)));
    offset += got;
  }
}

Result<Blob> put(BlobStore& store, BytesView bytes) {
  SH_TRY(const auto writer, store.begin());
  SH_CHECK(writer->write(bytes));
  return writer->commit();
}

}  // namespace soundhub::blobs
