// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/storage/uploads.hpp"

#include "rows.hpp"

namespace soundhub::storage::uploads {
namespace {

Upload to_upload(const Row& row) {
  return {.id = row.text(0),
          .owner = row.id<UserId>(1),
          .file_name = row.text(2),
          .size_bytes = row.integer(3),
          .offset_bytes = row.integer(4),
          .blob_key = row.optional_text(5),
          .created_at = row.time(6),
          .expires_at = row.time(7)};
}

Result<void> forget_chunks(WriteTx& tx, std::string_view id) {
  return done(execute(tx, "DELETE FROM upload_chunks WHERE upload_id = $1", {id}));
}

}  // namespace

Result<void> insert(WriteTx& tx, const Upload& upload) {
  return done(execute(tx,
                      "INSERT INTO uploads(id, owner_id, file_name, size_bytes, offset_bytes, blob_key, created_at,"
                      " expires_at) VALUES($1, $2, $3, $4, $5, $6, $7, $8)",
                      {upload.id, upload.owner, upload.file_name, upload.size_bytes, upload.offset_bytes,
                       upload.blob_key, upload.created_at, upload.expires_at}));
}

Result<std::optional<Upload>> get(ReadTx& tx, std::string_view id) {
  SH_TRY(const auto rows, query(tx,
                                "SELECT id, owner_id, file_name, size_bytes, offset_bytes, blob_key, created_at,"
                                " expires_at FROM uploads WHERE id = $1",
                                {id}));
  return first(rows, to_upload);
}

Result<void> append_chunk(WriteTx& tx, std::string_view id, const Chunk& chunk) {
  SH_TRY(const auto moved, execute(tx,
                                   "UPDATE uploads SET offset_bytes = offset_bytes + $1 WHERE id = $2"
                                   " AND offset_bytes = $3 AND offset_bytes + $1 <= size_bytes AND blob_key IS NULL",
                                   {chunk.size_bytes, id, chunk.start_bytes}));
  if (moved == 0) return fail(Errc::conflict, "upload.offset_wrong");
  return done(execute(tx,
                      "INSERT INTO upload_chunks(upload_id, start_bytes, size_bytes, blob_key) VALUES($1, $2, $3, $4)",
                      {id, chunk.start_bytes, chunk.size_bytes, chunk.blob_key}));
}

Result<std::vector<Chunk>> chunks(ReadTx& tx, std::string_view id) {
  SH_TRY(
      const auto rows,
      query(tx, "SELECT start_bytes, size_bytes, blob_key FROM upload_chunks WHERE upload_id = $1 ORDER BY start_bytes",
            {id}));
  return rows.map([](const Row& row) {
    return Chunk{.start_bytes = row.integer(0), .size_bytes = row.integer(1), .blob_key = row.text(2)};
  });
}

Result<void> complete(WriteTx& tx, std::string_view id, std::string_view blob_key) {
  SH_CHECK(
      changed(execute(tx, "UPDATE uploads SET blob_key = $1, offset_bytes = size_bytes WHERE id = $2", {blob_key, id}),
              "upload.not_found"));
  return forget_chunks(tx, id);
}

Result<void> remove(WriteTx& tx, std::string_view id) {
  SH_CHECK(forget_chunks(tx, id));
  return done(execute(tx, "DELETE FROM uploads WHERE id = $1", {id}));
}

Result<Held> held(ReadTx& tx, UserId owner) {
  // CAST: PostgreSQL sums BIGINT to NUMERIC.
  SH_TRY(const auto rows,
         query(tx, "SELECT count(*), CAST(coalesce(sum(size_bytes), 0) AS BIGINT) FROM uploads WHERE owner_id = $1",
               {owner}));
  return Held{.count = rows.front().integer(0), .bytes = rows.front().integer(1)};
}

Result<int> remove_expired(WriteTx& tx, Time now, int at_most) {
  SH_TRY(const auto rows,
         query(tx, "SELECT id FROM uploads WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2", {now, at_most}));
  for (std::size_t i = 0; i < rows.size(); ++i) SH_CHECK(remove(tx, rows[i].text(0)));
  return static_cast<int>(rows.size());
}

}  // namespace soundhub::storage::uploads
