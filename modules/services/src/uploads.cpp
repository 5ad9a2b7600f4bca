// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/services/uploads.hpp"

#include <algorithm>

#include "soundhub/blobs/store.hpp"
#include "soundhub/domain/takes.hpp"
#include "soundhub/storage/parts.hpp"
#include "soundhub/storage/uploads.hpp"

namespace soundhub::services {
namespace {

namespace rows = storage::uploads;

constexpr std::size_t buffer_bytes = 256 * 1024;

}  // namespace

Uploads::Uploads(const Context& context, Limits limits) : context_{context}, limits_{limits} {}

Result<void> Uploads::check_quota(storage::ReadTx& tx, UserId owner, std::int64_t size_bytes) {
  if (size_bytes < 0 || size_bytes > limits_.file_bytes) return fail(Errc::too_large, "upload.too_large");
  SH_TRY(const auto held, rows::held(tx, owner));
  if (held.count >= limits_.held_files || held.bytes + size_bytes > limits_.held_bytes)
    return fail(Errc::too_many, "upload.too_many");
  SH_TRY(const auto named, storage::parts::bytes_of_author(tx, owner));
  if (named + held.bytes + size_bytes > limits_.account_bytes) return fail(Errc::too_large, "upload.space_used_up");
  return {};
}

Result<uploads::Upload> Uploads::begin(UserId owner, std::int64_t size_bytes, const std::string& file_name) {
  const auto now = context_.clock.now();
  const uploads::Upload upload{.id = random_token(context_.random, 18),
                               .owner = owner,
                               .file_name = takes::display_file_name(file_name),
                               .size_bytes = size_bytes,
                               .offset_bytes = 0,
                               .blob_key = {},
                               .created_at = now,
                               .expires_at = now + limits_.lifetime};
  SH_CHECK(context_.db.write([&](storage::WriteTx& tx) -> Result<void> {
    SH_CHECK(check_quota(tx, owner, size_bytes));
    return rows::insert(tx, upload);
  }));
  return upload;
}

Result<uploads::Upload> Uploads::get(UserId owner, const std::string& id) {
  SH_TRY(auto upload, context_.db.read([&](storage::ReadTx& tx) { return rows::get(tx, id); }));
  if (!upload || upload->owner != owner || upload->expires_at < context_.clock.now())
    return fail(Errc::not_found, "upload.not_found");
  return *std::move(upload);
}

Result<uploads::Upload> Uploads::append(UserId owner, const std::string& id, std::int64_t offset, const Pull& pull) {
  SH_TRY(auto upload, get(owner, id));
  if (offset != upload.offset_bytes) return fail(Errc::conflict, "upload.offset_wrong");
  bool ended = false;
  while (!ended && offset < upload.size_bytes) {
    const auto most = std::min(limits_.commit_bytes, upload.size_bytes - offset);
    SH_TRY(const auto stored, store_chunk(id, offset, most, pull, ended));
    offset += stored;
  }
  if (!ended) {  // everything announced is there; a byte more is too much
    std::byte extra[1];
    SH_TRY(const auto got, pull(extra));
    if (got > 0) return fail(Errc::too_large, "upload.too_long");
  }
  if (offset == upload.size_bytes) return complete(owner, id);
  return get(owner, id);
}

// Stores what comes, up to `most` bytes, as one chunk. What arrived before the client left is stored before the error
// is handed on: it resumes from there.
Result<std::int64_t> Uploads::store_chunk(const std::string& id, std::int64_t offset, std::int64_t most,
                                          const Pull& pull, bool& ended) {
  SH_TRY(auto writer, context_.blobs.begin());
  Bytes buffer(buffer_bytes);
  std::int64_t stored = 0;
  std::optional<Error> broken;
  while (stored < most) {
    const auto room = static_cast<std::size_t>(std::min<std::int64_t>(most - stored, buffer_bytes));
    const auto got = pull(std::span{buffer}.first(room));
    if (!got) {
      broken = got.error();
      break;
    }
    ended = *got == 0;
    if (ended) break;
    SH_CHECK(writer->write(BytesView{buffer}.first(*got)));
    stored += static_cast<std::int64_t>(*got);
  }
  if (stored > 0) {
    SH_TRY(const auto blob, writer->commit());
    SH_CHECK(context_.db.write([&](storage::WriteTx& tx) {
      return rows::append_chunk(tx, id, {.start_bytes = offset, .size_bytes = stored, .blob_key = blob.key.hex()});
    }));
  }
  if (broken) return tl::unexpected(*broken);
  return stored;
}

Result<void> Uploads::remove(UserId owner, const std::string& id) {
  SH_TRY(const auto upload, get(owner, id));
  return context_.db.write([&](storage::WriteTx& tx) { return rows::remove(tx, upload.id); });
}

Result<uploads::Upload> Uploads::complete(UserId owner, const std::string& id) {
  SH_TRY(auto upload, get(owner, id));
  if (upload.complete()) return upload;
  if (upload.offset_bytes != upload.size_bytes) return fail(Errc::conflict, "upload.incomplete");
  return join(upload);
}

// One blob of all chunks; an upload of a single chunk is that chunk.
Result<uploads::Upload> Uploads::join(const uploads::Upload& upload) {
  SH_TRY(const auto chunks, context_.db.read([&](storage::ReadTx& tx) { return rows::chunks(tx, upload.id); }));
  std::string key;
  if (chunks.size() == 1) {
    key = chunks.front().blob_key;
  } else {
    SH_TRY(auto writer, context_.blobs.begin());
    Bytes buffer(buffer_bytes);
    for (const auto& chunk : chunks) {
      SH_TRY(const auto chunk_key, blobs::BlobKey::parse(chunk.blob_key));
      SH_TRY(const auto source, context_.blobs.open(chunk_key));
      for (std::uint64_t at = 0;;) {
        SH_TRY(const auto got, source->read(at, buffer));
        if (got == 0) break;
        SH_CHECK(writer->write(BytesView{buffer}.first(got)));
        at += got;
      }
    }
    SH_TRY(const auto blob, writer->commit());
    key = blob.key.hex();
  }
  SH_CHECK(context_.db.write([&](storage::WriteTx& tx) -> Result<void> {
    SH_TRY(const auto current, rows::get(tx, upload.id));
    // Joined by somebody else meanwhile: `chunks` may have been read after they were forgotten.
    if (current && current->complete()) return {};
    return rows::complete(tx, upload.id, key);
  }));
  return get(upload.owner, upload.id);
}

class Uploads::WholeFile final : public Uploads::Whole {
 public:
  WholeFile(Uploads& uploads, UserId owner, std::string file_name, std::unique_ptr<blobs::BlobWriter> writer)
      : uploads_{uploads}, owner_{owner}, file_name_{std::move(file_name)}, writer_{std::move(writer)} {}

  Result<void> write(BytesView bytes) override {
    size_bytes_ += static_cast<std::int64_t>(bytes.size());
    if (size_bytes_ > uploads_.limits_.file_bytes) return fail(Errc::too_large, "upload.too_large");
    return writer_->write(bytes);
  }

  Result<uploads::Upload> commit() override {
    SH_TRY(const auto blob, writer_->commit());
    SH_TRY(auto upload, uploads_.begin(owner_, size_bytes_, file_name_));
    SH_CHECK(uploads_.context_.db.write([&](storage::WriteTx& tx) -> Result<void> {
      SH_CHECK(
          rows::append_chunk(tx, upload.id, {.start_bytes = 0, .size_bytes = size_bytes_, .blob_key = blob.key.hex()}));
      return rows::complete(tx, upload.id, blob.key.hex());
    }));
    return uploads_.get(owner_, upload.id);
  }

 private:
  Uploads& uploads_;
  UserId owner_;
  std::string file_name_;
  std::unique_ptr<blobs::BlobWriter> writer_;
  std::int64_t size_bytes_{};
};

Result<std::unique_ptr<Uploads::Whole>> Uploads::begin_whole(UserId owner, const std::string& file_name) {
  SH_CHECK(context_.db.read([&](storage::ReadTx& tx) { return check_quota(tx, owner, 0); }));  // before it is sent
  SH_TRY(auto writer, context_.blobs.begin());
  return std::make_unique<WholeFile>(*this, owner, file_name, std::move(writer));
}

}  // namespace soundhub::services
