// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <chrono>
#include <compare>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "soundhub/base/byte_io.hpp"
#include "soundhub/base/clock.hpp"
#include "soundhub/base/error.hpp"
#include "soundhub/base/sha256.hpp"

namespace soundhub::blobs {

/// The name of a blob: the SHA-256 of its bytes as 64 lower-case hex digits. Can't hold anything else.
class BlobKey {
 public:
  explicit BlobKey(const Digest& digest) : hex_{to_hex(digest)} {}
  /// invalid "blob.bad_key" unless it is 64 of 0-9a-f.
  static Result<BlobKey> parse(std::string_view hex);
  const std::string& hex() const { return hex_; }
  friend auto operator<=>(const BlobKey&, const BlobKey&) = default;

 private:
  explicit BlobKey(std::string hex) : hex_{std::move(hex)} {}
  std::string hex_;
};

struct Blob {
  BlobKey key;
  std::uint64_t size_bytes{0};
};

/// A blob in the making; nobody sees it before commit(). Hashes what passes. One thread; must not outlive its store.
/// Dropping it without commit() removes what was written so far.
class BlobWriter : public ByteSink {
 public:
  /// Makes the blob durable (it survives kill -9 and power loss) and names it. Bytes that are there already are kept
  /// as they are, with their age set back to zero. At most once; refused after a failed write.
  virtual Result<Blob> commit() = 0;
};

/// A blob of the store and when it was last put.
struct Listed {
  Blob blob;
  Time put_at;
};

/// What a link's answer says of itself, and how long it works.
struct LinkOptions {
  std::chrono::seconds expires{900};  ///< at least two thirds of it are left
  std::string content_type;
  std::string disposition;  ///< Content-Disposition; empty: none
};

/// Immutable byte strings under their hashes. Thread-safe; several processes may share one store.
/// Errors: not_found "blob.not_found"; unavailable "storage.full", "blob.unreachable" (the service doesn't answer),
/// "blob.denied" (it refuses our key); internal "blob.damaged" (the bytes aren't the key's), "internal".
class BlobStore {
 public:
  virtual ~BlobStore() = default;
  virtual Result<std::unique_ptr<BlobWriter>> begin() = 0;
  virtual Result<std::unique_ptr<ByteSource>> open(const BlobKey& key) = 0;
  virtual Result<Blob> stat(const BlobKey& key) = 0;
  /// Every blob, in no order; those put or removed meanwhile may or may not be among them. Stops at the first error.
  virtual Result<void> list(const std::function<Result<void>(const Listed&)>& visit) = 0;
  /// Removes the blob if it was last put before `older_than`: true if it is gone. A blob that is put again at the same
  /// moment stays. For sweep() alone: no failure path deletes a blob, since its bytes may be someone else's too.
  virtual Result<bool> remove(const BlobKey& key, Time older_than) = 0;
  /// Where anyone may fetch the blob for a short time without asking us; nullopt if this store has no such place.
  /// Doesn't look whether the blob is there.
  virtual Result<std::optional<std::string>> link(const BlobKey&, const LinkOptions&) { return std::nullopt; }
  /// "https://host:port" of all links: what a page's Content-Security-Policy must allow. Empty: there are none.
  virtual std::string link_origin() const { return {}; }
  /// Ends what writers that died before `older_than` left half done; how many.
  virtual Result<std::uint64_t> abandon(Time /*older_than*/) { return std::uint64_t{0}; }
  /// Whether the store can be used right now; for readiness and diagnosis.
  virtual Result<void> check() { return {}; }
};

/// All bytes of a source as a blob.
Result<Blob> put(BlobStore& store, ByteSource& source);
Result<Blob> put(BlobStore& store, BytesView bytes);

}  // namespace soundhub::blobs
