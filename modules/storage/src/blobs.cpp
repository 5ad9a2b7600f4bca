// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/storage/blobs.hpp"

#include <array>

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

namespace {

// DISTINCT: a page of one key many times over would hide the keys behind it.
constexpr std::array pages{
    "(SELECT DISTINCT blob_key AS key FROM takes WHERE blob_key > $1 ORDER BY blob_key LIMIT $2)",
    "(SELECT DISTINCT preview_key AS key FROM takes WHERE preview_key > $1 ORDER BY preview_key LIMIT $2)",
    "(SELECT DISTINCT blob_key AS key FROM take_segments WHERE blob_key > $1 ORDER BY blob_key LIMIT $2)",
    "(SELECT DISTINCT blob_key AS key FROM take_peaks WHERE blob_key > $1 ORDER BY blob_key LIMIT $2)",
    "(SELECT DISTINCT blob_key AS key FROM release_files WHERE blob_key > $1 ORDER BY blob_key LIMIT $2)",
    "(SELECT DISTINCT blob_key AS key FROM uploads WHERE blob_key > $1 ORDER BY blob_key LIMIT $2)",
    "(SELECT DISTINCT blob_key AS key FROM upload_chunks WHERE blob_key > $1 ORDER BY blob_key LIMIT $2)",
    "(SELECT DISTINCT cover_upload_key AS key FROM songs WHERE cover_upload_key > $1 ORDER BY 1 LIMIT $2)",
    "(SELECT DISTINCT cover_640_key AS key FROM songs WHERE cover_640_key > $1 ORDER BY 1 LIMIT $2)",
    "(SELECT DISTINCT cover_160_key AS key FROM songs WHERE cover_160_key > $1 ORDER BY 1 LIMIT $2)"};

std::string all_pages() {
  std::string sql;
  for (const auto* page : pages)
    sql.append(sql.empty() ? "" : " UNION ").append("SELECT a.key FROM ").append(page).append(" a");
  return sql + " ORDER BY 1 LIMIT $2";
}

}  // namespace

// A page of each index: PostgreSQL would sort all keys of a plain UNION for every page.
Result<std::vector<std::string>> named_after(ReadTx& tx, std::string_view after, int limit) {
  static const std::string sql = all_pages();
  SH_TRY(const auto rows, query(tx, sql, {after, limit}));
  return rows.map([](const Row& row) { return row.text(0); });
}

}  // namespace soundhub::storage::blobs
