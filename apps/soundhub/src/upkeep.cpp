// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/blobs/upkeep.hpp"

#include <fmt/format.h>

#include "moving.hpp"
#include "verb.hpp"
#include "verbs.hpp"
#include "wiring.hpp"

// Verbs for whoever keeps an instance: verify, sweep, routes.
namespace soundhub::app {
namespace {

template <class Work>
int with_stores(std::string_view usage, std::span<const std::string> words, Work work) {
  const auto parsed = parse_verb(usage, {}, Scope::stores, words);
  if (!parsed.call) return parsed.exit_code;
  const auto stores = Stores::open(parsed.call->config);
  if (!stores) return report(stores.error());
  const Result<bool> fine = work(**stores);
  if (!fine) return report(fine.error());
  return *fine ? 0 : 1;
}

}  // namespace

int verify(std::span<const std::string> words) {
  return with_stores("soundhub verify: hashes every blob again and looks for missing ones\n", words,
                     [](Stores& stores) -> Result<bool> {
                       SH_TRY(const auto done,
                              blobs::verify(*stores.blobs, [](const blobs::Blob& blob, const Error& error) {
                                fmt::print("damaged {} ({})\n", blob.key.hex(), error.key);
                              }));
                       SH_TRY(const auto missing, count_missing(*stores.db, *stores.blobs));
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
