// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/blobs/upkeep.hpp"

namespace soundhub::blobs {
namespace {

Result<Digest> hash_of(ByteSource& source) {
  Sha256 hash;
  Bytes buffer(std::size_t{1} << 18);
  for (std::uint64_t offset = 0;;) {
    SH_TRY(const auto got, source.read(offset, buffer));
    if (got == 0) return hash.finish();
    hash.update(BytesView{buffer}.first(got));
    offset += got;
  }
}

}  // namespace

Result<Sweep> sweep(BlobStore& store, Time older_than, const std::function<Result<bool>(const BlobKey&)>& is_named) {
  Sweep done;
  const auto visit = [&](const Listed& listed) -> Result<void> {
    bool gone = false;
    if (listed.put_at < older_than) {
      SH_TRY(const bool named, is_named(listed.blob.key));
      if (!named) {
        SH_TRY(gone, store.remove(listed.blob.key, older_than));
      }
    }
    done.kept += gone ? 0 : 1;
    done.removed += gone ? 1 : 0;
    done.removed_bytes += gone ? listed.blob.size_bytes : 0;
    return {};
  };
  SH_CHECK(store.list(visit));
  SH_TRY(done.abandoned, store.abandon(older_than));
  return done;
}

Result<void> verify(BlobStore& store, const BlobKey& key) {
  SH_TRY(const auto source, store.open(key));
  SH_TRY(const auto digest, hash_of(*source));
  const BlobKey found{digest};
  if (found != key) return fail(Errc::internal, "blob.damaged", key.hex() + " holds " + found.hex());
  return {};
}

Result<Verification> verify(BlobStore& store, const std::function<void(const Blob&, const Error&)>& damaged) {
  Verification done;
  const auto visit = [&](const Listed& listed) -> Result<void> {
    ++done.checked;
    done.checked_bytes += listed.blob.size_bytes;
    if (const auto sound = verify(store, listed.blob.key); !sound) {
      ++done.damaged;
      damaged(listed.blob, sound.error());
    }
    return {};
  };
  SH_CHECK(store.list(visit));
  return done;
}

}  // namespace soundhub::blobs
