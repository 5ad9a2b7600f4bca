// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/storage/blobs.hpp"

#include "rows.hpp"

namespace soundhub::storage::blobs {

Result<bool> is_named(ReadTx& tx, std::string_view key) {
  SH_TRY(const auto rows, query(tx,
                                "SELECT 1 WHERE EXISTS (SELECT 1 FROM takes WHERE blob_key = $1)"
                                " OR EXISTS (SELECT 1 FROM takes WHERE preview_key = $1)"
                                " OR EXISTS (SELECT 1 FROM take_segments WHERE blob_key = $1)"
                                " OR EXISTS (SELECT 1 FROM take_peaks WHERE blob_key = $1)"
                                " OR EXISTS (SELECT 1 FROM release_files WHERE blob_key = $1)"
                                " OR EXISTS (SELECT 1 FROM uploads WHERE blob_key = $1)"
                                " OR EXISTS (SELECT 1 FROM upload_chunks WHERE blob_key = $1)"
                                " OR EXISTS (SELECT 1 FROM songs WHERE cover_upload_key = $1)"
                                " OR EXISTS (SELECT 1 FROM songs WHERE cover_640_key = $1)"
                                " OR EXISTS (SELECT 1 FROM songs WHERE cover_160_key = $1)",
                                {key}));
  return !rows.empty();
}

Result<std::vector<std::string>> named_after(ReadTx& tx, std::string_view after, int limit) {
  SH_TRY(const auto rows, query(tx,
                                "SELECT blob_key FROM takes WHERE blob_key > $1"
                                " UNION SELECT preview_key FROM takes WHERE preview_key > $1"
                                " UNION SELECT blob_key FROM take_segments WHERE blob_key > $1"
                                " UNION SELECT blob_key FROM take_peaks WHERE blob_key > $1"
                                " UNION SELECT blob_key FROM release_files WHERE blob_key > $1"
                                " UNION SELECT blob_key FROM uploads WHERE blob_key > $1"
                                " UNION SELECT blob_key FROM upload_chunks WHERE blob_key > $1"
                                " UNION SELECT cover_upload_key FROM songs WHERE cover_upload_key > $1"
                                " UNION SELECT cover_640_key FROM songs WHERE cover_640_key > $1"
                                " UNION SELECT cover_160_key FROM songs WHERE cover_160_key > $1"
                                " ORDER BY 1 LIMIT $2",
                                {after, limit}));
  return rows.map([](const Row& row) { return row.text(0); });
}

}  // namespace soundhub::storage::blobs
