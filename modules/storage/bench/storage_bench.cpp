// SPDX-License-Identifier: AGPL-3.0-or-later
// What a request costs in the database: ten thousand songs by a hundred musicians, all published.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <filesystem>
#include <stdexcept>

#include "soundhub/storage/accounts.hpp"
#include "soundhub/storage/jobs.hpp"
#include "soundhub/storage/migrations.hpp"
#include "soundhub/storage/songs.hpp"

namespace soundhub::storage {
namespace {

constexpr int musicians = 100, songs_each = 100;

class Community {
 public:
  Community() {
    std::string pattern = std::filesystem::temp_directory_path() / "soundhub-bench-XXXXXX";
    if (!::mkdtemp(pattern.data())) throw std::runtime_error("mkdtemp");
    folder_ = pattern;
    db_ = Database::open_sqlite(folder_ / "x.db").value();
    if (!migrate(*db_) || !db_->write([](WriteTx& tx) { return fill(tx); })) throw std::runtime_error("fill");
  }
  Community(const Community&) = delete;
  Community& operator=(const Community&) = delete;
  ~Community() {
    db_.reset();
    std::filesystem::remove_all(folder_);
  }
  Database& db() { return *db_; }

 private:
  static Result<void> fill(WriteTx& tx) {
    for (int m = 0; m < musicians; ++m) {
      const auto name = "musician" + std::to_string(m);
      SH_TRY(const auto user, accounts::insert(tx, {.email = name + "@example.org", .nickname = name}));
      SH_CHECK(accounts::insert_session(tx, {.user = user, .expires_at = from_millis(1)}, name));
      for (int s = 0; s < songs_each; ++s)
        SH_CHECK(songs::insert(tx, {.owner = {.id = user, .nickname = {}}, .title = "Riff", .published = true}));
    }
    return {};
  }
  std::filesystem::path folder_;
  std::unique_ptr<Database> db_;
};

void BM_SessionOfAToken(benchmark::State& state) {
  Community community;
  for (auto _ : state) {
    auto row = community.db().read([](ReadTx& tx) { return accounts::session(tx, "musician50", from_millis(0)); });
    benchmark::DoNotOptimize(row);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_SessionOfAToken);

void BM_PageOfTwentySongs(benchmark::State& state) {
  Community community;
  for (auto _ : state) {
    auto page = community.db().read([](ReadTx& tx) { return songs::list(tx, {.before = SongId{5000}}); });
    benchmark::DoNotOptimize(page);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_PageOfTwentySongs);

/// Flushed to the disk each time: this measures the disk.
void BM_DurableCommit(benchmark::State& state) {
  Community community;
  for (auto _ : state) {
    auto id = community.db().write([](WriteTx& tx) { return jobs::enqueue(tx, {.kind = "ingest", .subject = 1}); });
    benchmark::DoNotOptimize(id);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_DurableCommit)->UseRealTime();

}  // namespace
}  // namespace soundhub::storage
