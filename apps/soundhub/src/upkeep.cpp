// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/blobs/upkeep.hpp"

#include <fmt/format.h>

#include "soundhub/storage/blobs.hpp"
#include "soundhub/storage/migrations.hpp"
#include "verb.hpp"
#include "verbs.hpp"
#include "wiring.hpp"

// Verbs for whoever keeps an instance: migrate, verify, sweep, routes.
namespace soundhub::app {
namespace {

template <class Work>
int with_stores(std::string_view usage, std::span<const std::string> words, Work work) {
  const auto parsed = parse_verb(usage, {}, store_settings(), words);
  if (!parsed.call) return parsed.exit_code;
  const auto stores = Stores::open(parsed.call->config);
  if (!stores) return report(stores.error());
  const Result<bool> fine = work(**stores);
  if (!fine) return report(fine.error());
  return *fine ? 0 : 1;
}

// Every blob that a row names is there.
Result<std::int64_t> count_missing(Stores& stores) {
  std::int64_t missing = 0;
  for (std::string after;;) {
    SH_TRY(const auto keys,
           stores.db->read([&](storage::ReadTx& tx) { return storage::blobs::named_after(tx, after, 1000); }));
    if (keys.empty()) return missing;
    for (const auto& hex : keys) {
      SH_TRY(const auto key, blobs::BlobKey::parse(hex));
      if (stores.blobs->stat(key)) continue;
      ++missing;
      fmt::print("missing {}\n", hex);
    }
    after = keys.back();
  }
}

}  // namespace

int migrate(std::span<const std::string> words) {
  return with_stores(
      "soundhub migrate: brings the database to this program's schema\n", words, [](Stores& stores) -> Result<bool> {
        SH_TRY(const auto version, stores.db->read([](storage::ReadTx& tx) { return storage::schema_version(tx); }));
        fmt::print("The schema is at step {}.\n", version);
        return true;
      });
}

int verify(std::span<const std::string> words) {
  return with_stores("soundhub verify: hashes every blob again and looks for missing ones\n", words,
                     [](Stores& stores) -> Result<bool> {
                       SH_TRY(const auto done,
                              blobs::verify(*stores.blobs, [](const blobs::Blob& blob, const Error& error) {
                                fmt::print("damaged {} ({})\n", blob.key.hex(), error.key);
                              }));
                       SH_TRY(const auto missing, count_missing(stores));
                       fmt::print("{} blobs ({} bytes) checked: {} damaged, {} missing.\n", done.checked,
                                  done.checked_bytes, done.damaged, missing);
                       return done.damaged == 0 && missing == 0;
                     });
}

int sweep(std::span<const std::string> words) {
  return with_stores("soundhub sweep: removes what nobody names any more (serve does this every hour)\n", words,
                     [](Stores& stores) -> Result<bool> {
                       services::Housekeeping housekeeping{stores.context()};
                       SH_TRY(const auto done, housekeeping.run());
                       fmt::print("{} blobs removed ({} bytes), {} kept; {} uploads and {} events forgotten.\n",
                                  done.blobs_removed, done.bytes_removed, done.blobs_kept, done.uploads, done.events);
                       return true;
                     });
}

int routes(std::span<const std::string> words) {
  return with_stores("soundhub routes: the route table, one line a route: method, pattern, access\n", words,
                     [](Stores& stores) -> Result<bool> {
                       const Front front{stores, {}};
                       for (const auto& route : front.api().routes())
                         fmt::print("{} {} {}\n", http::to_string(route.method), route.pattern,
                                    route.access == api::Access::account ? "account" : "anyone");
                       return true;
                     });
}

}  // namespace soundhub::app
