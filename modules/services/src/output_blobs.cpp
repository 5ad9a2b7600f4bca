// SPDX-License-Identifier: AGPL-3.0-or-later
#include "output_blobs.hpp"

namespace soundhub::services {

Result<void> OutputBlobs::begin(media::Output output) {
  if (open_.contains(output) || stored_.contains(output)) return fail(Errc::internal, "internal", "output made twice");
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
  SH_TRY(const auto blob, found->second->commit());
  open_.erase(found);
  stored_.emplace(output, Stored{blob.key.hex(), static_cast<std::int64_t>(blob.size_bytes)});
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
  const auto fd = source->descriptor();
  if (!fd) return fail(Errc::internal, "internal", "this blob store has no descriptors");
  return BlobDescriptor{std::move(source), *fd};
}

bool is_final(const Error& error, bool last_attempt) {
  if (error.key == "media.stopped") return false;
  return error.code == Errc::invalid || (last_attempt && error.code == Errc::unavailable);
}

}  // namespace soundhub::services
