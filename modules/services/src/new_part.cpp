// SPDX-License-Identifier: AGPL-3.0-or-later
#include "new_part.hpp"

#include "queue.hpp"
#include "soundhub/storage/parts.hpp"
#include "soundhub/storage/uploads.hpp"

namespace soundhub::services {

Result<std::string> use_upload(storage::WriteTx& tx, const uploads::Upload& upload) {
  SH_TRY(const auto current, storage::uploads::get(tx, upload.id));
  if (!current || !current->blob_key) return fail(Errc::not_found, "upload.not_found");
  SH_CHECK(storage::uploads::remove(tx, upload.id));
  return *current->blob_key;
}

Result<AddedPart> add_part(storage::WriteTx& tx, parts::Part part, const uploads::Upload& upload, Time now) {
  SH_TRY(part.id, storage::parts::insert(tx, part));
  takes::Take take;
  take.part = part.id;
  SH_TRY(take.blob_key, use_upload(tx, upload));
  take.file_name = upload.file_name;
  take.size_bytes = upload.size_bytes;
  take.created_at = now;
  SH_TRY(take.id, storage::parts::insert_take(tx, take));
  SH_CHECK(storage::parts::set_take(tx, part.id, take.id));
  part.take = take.id;
  SH_CHECK(queue::add(tx, queue::ingest, take.id.value, now));
  return AddedPart{std::move(part), std::move(take)};
}

}  // namespace soundhub::services
