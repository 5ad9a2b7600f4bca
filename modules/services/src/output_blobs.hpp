// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <deque>
#include <future>
#include <map>
#include <string>

#include "soundhub/base/fd.hpp"
#include "soundhub/blobs/store.hpp"
#include "soundhub/media/worker.hpp"

namespace soundhub::services {

/// Writes what a child makes into the blob store, each output a blob, and hands progress on. A few blobs are committed
/// while the child goes on: to a store far away that takes longer than making them.
class OutputBlobs final : public media::OutputSink {
 public:
  static constexpr std::size_t committing_at_once = 4;
  using Progress = std::function<Result<void>(double)>;
  OutputBlobs(blobs::BlobStore& store, Progress progress) : store_{store}, progress_{std::move(progress)} {}

  Result<void> begin(media::Output output) override;
  Result<void> write(media::Output output, BytesView bytes) override;
  Result<void> end(media::Output output) override;
  Result<void> progress(double fraction) override { return progress_(fraction); }

  /// Waits until all that has ended is stored. Before anything is taken from here.
  Result<void> settle();

  struct Stored {
    std::string key;
    std::int64_t size_bytes{};
  };
  const std::map<media::Output, Stored>& stored() const { return stored_; }
  /// internal if the child didn't make it.
  Result<Stored> get(media::Output output) const;

 private:
  blobs::BlobStore& store_;
  Progress progress_;
  struct Committing {
    media::Output output;
    std::future<Result<blobs::Blob>> blob;
  };
  Result<void> settle_first();

  std::map<media::Output, std::unique_ptr<blobs::BlobWriter>> open_;
  std::deque<Committing> committing_;
  std::map<media::Output, Stored> stored_;
};

/// A descriptor on a blob for the child to read: the store's own if it has one, else an unlinked temporary copy.
class BlobDescriptor {
 public:
  static Result<BlobDescriptor> open(blobs::BlobStore& store, const std::string& key);
  int get() const { return fd_; }

 private:
  BlobDescriptor(std::unique_ptr<ByteSource> source, int fd) : source_{std::move(source)}, fd_{fd} {}
  explicit BlobDescriptor(Fd copy) : copy_{std::move(copy)}, fd_{copy_.get()} {}
  std::unique_ptr<ByteSource> source_;
  Fd copy_;
  int fd_;
};

/// What a failed child means for its job: nothing to be gained by another try, or that was the last one.
bool is_final(const Error& error, bool last_attempt);
/// What the user is told of it: an internal error keeps its key for the log.
std::string public_key(const Error& error);

}  // namespace soundhub::services
