// SPDX-License-Identifier: AGPL-3.0-or-later
#include "output_blobs.hpp"

#include <fcntl.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "soundhub/storage/outage.hpp"

namespace soundhub::services {
namespace {

constexpr std::size_t copy_bytes = 256 * 1024;

// O_TMPFILE isn't there on every filesystem.
Result<Fd> nameless_file() {
  std::error_code error;
  const auto folder = std::filesystem::temp_directory_path(error);
  if (error) return fail(Errc::internal, "internal", error.message());
  if (Fd fd{::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600)}) return fd;
  auto name = (folder / "soundhub-XXXXXX").string();
  Fd fd{::mkostemp(name.data(), O_CLOEXEC)};
  if (!fd) return fail_errno("mkostemp");
  ::unlink(name.c_str());
  return fd;
}

Result<void> write_all(int fd, BytesView bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0 && errno == ENOSPC) return fail(Errc::unavailable, "storage.full");
    if (written < 0) return fail_errno("write");
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return {};
}

Result<Fd> nameless_copy(ByteSource& source) {
  SH_TRY(auto file, nameless_file());
  Bytes buffer(copy_bytes);
  for (std::uint64_t at = 0;;) {
    SH_TRY(const auto got, source.read(at, buffer));
    if (got == 0) break;
    SH_CHECK(write_all(file.get(), BytesView{buffer}.first(got)));
    at += got;
  }
  if (::lseek(file.get(), 0, SEEK_SET) < 0) return fail_errno("lseek");
  return file;
}

}  // namespace

Result<void> OutputBlobs::begin(media::Output output) {
  const bool ending = std::ranges::any_of(committing_, [&](const auto& each) { return each.output == output; });
  if (open_.contains(output) || ending || stored_.contains(output))
    return fail(Errc::internal, "internal", "output made twice");
  SH_TRY(open_[output], store_.begin());
  return {};
}

Result<void> OutputBlobs::write(media::Output output, BytesView bytes) {
  const auto found = open_.find(output);
  if (found == open_.end()) return fail(Errc::internal, "internal", "output not begun");
  return found->second->write(bytes);
}

Result<void> OutputBlobs::end(media::Output output) {
  const auto found = open_.find(output);
  if (found == open_.end()) return fail(Errc::internal, "internal", "output not begun");
  if (committing_.size() == committing_at_once) SH_CHECK(settle_first());
  committing_.push_back(
      {output, std::async(std::launch::async, [writer = std::move(found->second)] { return writer->commit(); })});
  open_.erase(found);
  return {};
}

Result<void> OutputBlobs::settle_first() {
  auto first = std::move(committing_.front());
  committing_.pop_front();
  SH_TRY(const auto blob, first.blob.get());
  stored_.emplace(first.output, Stored{blob.key.hex(), static_cast<std::int64_t>(blob.size_bytes)});
  return {};
}

Result<void> OutputBlobs::settle() {
  while (!committing_.empty()) SH_CHECK(settle_first());
  return {};
}

Result<OutputBlobs::Stored> OutputBlobs::get(media::Output output) const {
  const auto found = stored_.find(output);
  if (found == stored_.end()) return fail(Errc::internal, "internal", "output is missing");
  return found->second;
}

Result<BlobDescriptor> BlobDescriptor::open(blobs::BlobStore& store, const std::string& key) {
  SH_TRY(const auto blob, blobs::BlobKey::parse(key));
  SH_TRY(auto source, store.open(blob));
  if (const auto fd = source->descriptor()) return BlobDescriptor{std::move(source), *fd};
  SH_TRY(auto copy, nameless_copy(*source));
  return BlobDescriptor{std::move(copy)};
}

bool is_final(const Error& error, bool last_attempt) {
  if (error.key == "media.stopped" || error.key == "job.lease_lost" || storage::is_outage(error)) return false;
  return error.code == Errc::invalid || last_attempt;
}

std::string public_key(const Error& error) {
  return error.code == Errc::internal ? "internal" : error.key;
}

}  // namespace soundhub::services
