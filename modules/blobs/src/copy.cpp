// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/blobs/copy.hpp"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "soundhub/blobs/upkeep.hpp"

namespace soundhub::blobs {
namespace {

constexpr std::size_t waiting_blobs = 256;

enum class Done { copied, skipped };

Result<bool> is_there(BlobStore& to, const Blob& blob, bool rehash) {
  const auto held = to.stat(blob.key);
  if (!held && held.error().code == Errc::not_found) return false;
  if (!held) return tl::unexpected(held.error());
  if (held->size_bytes != blob.size_bytes) return false;
  if (!rehash) return true;
  const auto sound = verify(to, blob.key);
  if (!sound && sound.error().key != "blob.damaged") return tl::unexpected(sound.error());
  return sound.has_value();
}

// Hashed before it is committed: damaged bytes would get a name of their own there.
Result<void> copy_bytes(BlobStore& from, BlobStore& to, const Blob& blob) {
  SH_TRY(const auto source, from.open(blob.key));
  SH_TRY(const auto writer, to.begin());
  Sha256 hash;
  Bytes buffer(std::size_t{1} << 18);
  for (std::uint64_t at = 0;;) {
    SH_TRY(const auto got, source->read(at, buffer));
    if (got == 0) break;
    const auto piece = BytesView{buffer}.first(got);
    hash.update(piece);
    SH_CHECK(writer->write(piece));
    at += got;
  }
  const BlobKey found{hash.finish()};
  if (found != blob.key) return fail(Errc::internal, "blob.damaged", blob.key.hex() + " holds " + found.hex());
  SH_CHECK(writer->commit());
  return {};
}

/// Blobs on their way, between whoever lists and those who copy.
class Copier {
 public:
  Copier(BlobStore& from, BlobStore& to, const CopyOptions& options) : from_{from}, to_{to}, options_{options} {}

  Result<Copied> run() {
    {
      std::vector<std::jthread> crew;
      for (unsigned i = 0; i < std::max(options_.parallel, 1u); ++i) crew.emplace_back([this] { work(); });
      const auto listed = from_.list([this](const Listed& each) { return give(each.blob); });
      const std::lock_guard lock{mutex_};
      if (!listed && !broken_) broken_ = listed.error();
      ended_ = true;
      changed_.notify_all();
    }
    if (broken_) return tl::unexpected(*broken_);
    return done_;
  }

 private:
  Result<void> give(const Blob& blob) {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [this] { return broken_ || waiting_.size() < waiting_blobs; });
    if (options_.stop.stop_requested() && !broken_) broken_ = Error{Errc::unavailable, "blob.copy_stopped", {}};
    if (broken_) return tl::unexpected(*broken_);
    waiting_.push_back(blob);
    changed_.notify_all();
    return {};
  }

  std::optional<Blob> take() {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [this] { return broken_ || ended_ || !waiting_.empty(); });
    if (broken_ || waiting_.empty()) return std::nullopt;
    auto blob = waiting_.front();
    waiting_.pop_front();
    changed_.notify_all();
    return blob;
  }

  void work() {
    while (const auto blob = take()) note(*blob, one(*blob));
  }

  Result<Done> one(const Blob& blob) {
    SH_TRY(const bool there, is_there(to_, blob, options_.rehash));
    if (there) return Done::skipped;
    SH_CHECK(copy_bytes(from_, to_, blob));
    return Done::copied;
  }

  void note(const Blob& blob, const Result<Done>& result) {
    const std::lock_guard lock{mutex_};
    const bool vanished = !result && result.error().key == "blob.not_found";  // swept meanwhile: nobody names it
    if (!result && result.error().key == "blob.damaged") {
      ++done_.damaged;
      if (options_.damaged) options_.damaged(blob, result.error());
    } else if (!result && !vanished) {
      if (!broken_) broken_ = result.error();
      changed_.notify_all();
    } else if (result && *result == Done::copied) {
      ++done_.copied;
      done_.copied_bytes += blob.size_bytes;
    } else if (result) {
      ++done_.skipped;
    }
    if (options_.progress) options_.progress(done_);
  }

  BlobStore& from_;
  BlobStore& to_;
  const CopyOptions& options_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Blob> waiting_;
  std::optional<Error> broken_;
  bool ended_{false};
  Copied done_;
};

}  // namespace

Result<Copied> copy(BlobStore& from, BlobStore& to, const CopyOptions& options) {
  return Copier{from, to, options}.run();
}

}  // namespace soundhub::blobs
