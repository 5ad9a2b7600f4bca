// SPDX-License-Identifier: AGPL-3.0-or-later
#include <fmt/format.h>

#include <filesystem>

#include "moving.hpp"
#include "places.hpp"
#include "verb.hpp"
#include "verbs.hpp"

// Verbs that take a copy of an instance, and bring one back.
namespace soundhub::app {
namespace {

namespace fs = std::filesystem;

constexpr std::array to_option{Option{"to", "DIR", "", "where the backup is kept; blobs that are there stay"},
                               Option{"no-blobs", "", "", "rows only: the blobs are kept safe by other means"}};
constexpr std::array from_option{Option{"from", "DIR", "", "a folder that `soundhub backup` filled"},
                                 Option{"no-blobs", "", "", "rows only: the blobs are there already"}};

std::string rows_of(const fs::path& folder) {
  return "sqlite:" + (folder / "soundhub.db").string();
}
std::string blobs_of(const fs::path& folder) {
  return "folder:" + (folder / "blobs").string();
}

Result<fs::path> folder_of(const Call& call, std::string_view option) {
  if (!call.options.given(option)) return fail(Errc::invalid, "options", fmt::format("--{} DIR is needed", option));
  return fs::absolute(call.options[option]);
}

// The database first: whatever it names was put into the store before.
Result<void> run_backup(const Call& call) {
  SH_TRY(const auto folder, folder_of(call, "to"));
  SH_TRY(const auto db, open_database(call.config, database_place(call.config)));
  SH_TRY(const auto store, open_blobs(call.config, blobs_place(call.config)));
  const auto making = folder / "making";
  std::error_code error;
  fs::remove_all(making, error);
  {
    SH_TRY(const auto copy, open_database(call.config, rows_of(making)));
    SH_CHECK(move_rows(*db, *copy, printable(database_place(call.config))));
    if (!call.options.given("no-blobs")) {
      SH_TRY(const auto blobs, open_blobs(call.config, blobs_of(folder)));
      SH_CHECK(move_blobs(*store, *blobs));
      SH_TRY(const auto missing, count_missing(*copy, *blobs));
      if (missing > 0) return fail(Errc::internal, "backup.incomplete", fmt::format("{} blobs are missing", missing));
    }
  }
  fs::rename(making / "soundhub.db", folder / "soundhub.db", error);
  if (error) return fail(Errc::internal, "backup.not_named", error.message());
  fs::remove_all(making, error);
  fmt::print("The backup is in {}.\n", folder.string());
  return {};
}

Result<void> run_restore(const Call& call) {
  SH_TRY(const auto folder, folder_of(call, "from"));
  if (!fs::exists(folder / "soundhub.db"))
    return fail(Errc::not_found, "restore.no_backup", folder.string() + " holds no finished backup");
  SH_TRY(const auto rows, open_database(call.config, rows_of(folder)));
  SH_TRY(const auto db, open_database(call.config, database_place(call.config)));
  SH_TRY(const auto blobs, open_blobs(call.config, blobs_place(call.config)));
  if (!call.options.given("no-blobs")) {
    SH_TRY(const auto kept, open_blobs(call.config, blobs_of(folder)));
    SH_CHECK(move_blobs(*kept, *blobs));
  }
  SH_CHECK(move_rows(*rows, *db, "backup"));
  SH_TRY(const auto missing, count_missing(*db, *blobs));
  if (missing > 0) return fail(Errc::internal, "restore.incomplete", fmt::format("{} blobs are missing", missing));
  fmt::print("Restored. `soundhub serve` may start.\n");
  return {};
}

}  // namespace

int backup(std::span<const std::string> words) {
  return with_call(
      "soundhub backup --to DIR: a copy of all rows, as of one moment, and of all blobs; SoundHub may go on "
      "meanwhile.\n"
      "Run again into the same folder it copies only new blobs; the last good copy is replaced at the end.\n",
      to_option, Scope::stores, words, run_backup);
}

int restore(std::span<const std::string> words) {
  return with_call(
      "soundhub restore --from DIR: brings a backup into the configured database, which must be empty, and blob "
      "store.\n",
      from_option, Scope::stores, words, run_restore);
}

}  // namespace soundhub::app
