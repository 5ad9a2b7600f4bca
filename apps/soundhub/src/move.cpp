// SPDX-License-Identifier: AGPL-3.0-or-later
#include <fmt/format.h>

#include "moving.hpp"
#include "places.hpp"
#include "soundhub/storage/migrations.hpp"
#include "verb.hpp"
#include "verbs.hpp"
#include "wiring.hpp"

// Verbs that bring an instance's data to a new schema or to another place: migrate, blobs.
namespace soundhub::app {
namespace {

constexpr std::array places{Option{"from", "PLACE", "", "move from here: sqlite:PATH or postgres://…"},
                            Option{"to", "PLACE", "", "to here; both must be given"}};
constexpr std::array blob_places{
    Option{"from", "PLACE", "", "folder:PATH or s3://BUCKET/PREFIX; the configured one"},
    Option{"to", "PLACE", "", "the same; the configured one"},
    Option{"rehash", "", "", "read again what is there already, instead of trusting its size"}};

Result<void> bring_up(const Config& config) {
  SH_TRY(const auto stores, Stores::open(config));
  SH_TRY(const auto version, stores->db->read([](storage::ReadTx& tx) { return storage::schema_version(tx); }));
  fmt::print("The schema is at step {}.\n", version);
  return {};
}

Result<void> move_database(const Call& call) {
  const auto &from = call.options["from"], &to = call.options["to"];
  if (from.empty() || to.empty()) return fail(Errc::invalid, "options", "--from and --to belong together");
  if (from == to) return fail(Errc::invalid, "options", "--from and --to are the same");
  SH_CHECK(must_exist(from));
  SH_TRY(const auto source, open_database(call.config, from));
  SH_TRY(const auto target, open_database(call.config, to));
  return move_rows(*source, *target, printable(from));
}

Result<void> run_migrate(const Call& call) {
  const bool moves = call.options.given("from") || call.options.given("to");
  return moves ? move_database(call) : bring_up(call.config);
}

Result<void> run_blobs(const Call& call) {
  const auto& words = call.options.rest();
  if (words.size() != 1 || words[0] != "copy") return fail(Errc::invalid, "options", "see soundhub blobs --help");
  const auto configured = blobs_place(call.config);
  const auto from = call.options.given("from") ? call.options["from"] : configured;
  const auto to = call.options.given("to") ? call.options["to"] : configured;
  if (from == to)
    return fail(Errc::invalid, "options", "blobs copy needs --from or --to, another place than the other");
  SH_CHECK(must_exist(from));
  SH_TRY(const auto source, open_blobs(call.config, from));
  SH_TRY(const auto target, open_blobs(call.config, to));
  return move_blobs(*source, *target, call.options.given("rehash"));
}

}  // namespace

int migrate(std::span<const std::string> words) {
  return with_call(
      "soundhub migrate                         brings the database to this program's schema\n"
      "soundhub migrate --from sqlite:PATH --to postgres://…\n"
      "                                         moves all rows, either way, and compares them; serve and work must\n"
      "                                         be stopped; goes on where it was broken off\n",
      places, Scope::stores, words, run_migrate);
}

int blobs(std::span<const std::string> words) {
  return with_call(
      "soundhub blobs copy --from folder:PATH   copies every blob to the configured store, hashing what passes;\n"
      "                                         goes on where it was broken off\n",
      blob_places, Scope::stores, words, run_blobs);
}

}  // namespace soundhub::app
