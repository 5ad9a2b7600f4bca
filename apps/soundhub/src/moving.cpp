// SPDX-License-Identifier: AGPL-3.0-or-later
#include "moving.hpp"

#include <fmt/format.h>

#include "progress.hpp"
#include "soundhub/storage/blobs.hpp"

namespace soundhub::app {

Result<void> move_rows(storage::Database& from, storage::Database& to, const std::string& source) {
  Progress line;
  SH_TRY(const auto tables, storage::copy_database(from, to, {.source = source, .progress = [&](auto table, auto rows) {
                                                                line.show("{}: {} rows", table, rows);
                                                              }}));
  line.done();
  std::int64_t rows = 0;
  for (const auto& table : tables) rows += table.rows;
  fmt::print("{} rows in {} tables copied and compared.\n", rows, tables.size());
  return {};
}

Result<void> move_blobs(blobs::BlobStore& from, blobs::BlobStore& to, bool rehash) {
  Progress line;
  blobs::CopyOptions options;
  options.rehash = rehash;
  options.progress = [&](const blobs::Copied& so_far) {
    line.show("{} blobs copied ({} MB), {} there already", so_far.copied, so_far.copied_bytes / 1'000'000,
              so_far.skipped);
  };
  options.damaged = [&](const blobs::Blob& blob, const Error& error) {
    line.done();
    fmt::print("damaged {} ({})\n", blob.key.hex(), error.key);
  };
  SH_TRY(const auto copied, blobs::copy(from, to, options));
  line.done();
  fmt::print("{} blobs copied ({} bytes), {} there already, {} damaged.\n", copied.copied, copied.copied_bytes,
             copied.skipped, copied.damaged);
  if (copied.damaged > 0) return fail(Errc::internal, "blob.damaged", "the blobs named above were left out");
  return {};
}

Result<std::int64_t> count_missing(storage::Database& db, blobs::BlobStore& blobs) {
  std::int64_t missing = 0;
  for (std::string after;;) {
    SH_TRY(const auto keys, db.read([&](storage::ReadTx& tx) { return storage::blobs::named_after(tx, after, 1000); }));
    if (keys.empty()) return missing;
    for (const auto& hex : keys) {
      SH_TRY(const auto key, blobs::BlobKey::parse(hex));
      const auto found = blobs.stat(key);
      if (found) continue;
      if (found.error().code != Errc::not_found) return tl::unexpected(found.error());
      ++missing;
      fmt::print("missing {}\n", hex);
    }
    after = keys.back();
  }
}

}  // namespace soundhub::app
