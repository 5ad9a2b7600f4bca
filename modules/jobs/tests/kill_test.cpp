// SPDX-License-Identifier: AGPL-3.0-or-later
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <thread>

#include "soundhub/jobs/runner.hpp"
#include "soundhub/storage/migrations.hpp"
#include "soundhub/storage/outbox.hpp"
#include "soundhub/storage/testing/temp_database.hpp"

namespace soundhub::jobs {
namespace {

using storage::jobs::State;

/// The system's time, an hour later for each runner: the lease of the one killed before has ended.
class LaterClock final : public Clock {
 public:
  explicit LaterClock(int hours) : ahead_{std::chrono::hours{hours}} {}
  Time now() const override { return SystemClock{}.now() + ahead_; }

 private:
  std::chrono::hours ahead_;
};

/// In the child: works until killed. Each job takes a while, then lands one event and ends, in one commit; then a byte
/// in the pipe says so.
[[noreturn]] void run_for_ever(const std::string& address, int hours, int landed) {
  const auto db = storage::testing::TempDatabase::open_at(address);
  const LaterClock clock{hours};
  SystemRandom random;
  const auto log = Log::silent();
  Runner runner{*db, clock, random, log, {.attempts = 1000, .parallel = 2, .poll = std::chrono::milliseconds{1}}};
  runner.add("ingest", {.run = [&](JobContext& job) {
               ::usleep(3'000);
               const auto done = db->write([&](storage::WriteTx& tx) -> Result<void> {
                 SH_CHECK(storage::outbox::append(tx, {.type = "landed", .song = SongId{job.subject()}}));
                 return job.finish(tx);
               });
               if (done && ::write(landed, "x", 1) != 1) ::_exit(1);
               return done;
             }});
  runner.start();
  for (;;) ::pause();
}

/// Kills a runner some time after its first landing.
void run_and_kill(const std::string& address, int hours, unsigned after_us) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const pid_t child = ::fork();
  if (child == 0) run_for_ever(address, hours, ends[1]);
  ::close(ends[1]);
  char byte{};
  EXPECT_EQ(::read(ends[0], &byte, 1), 1) << "the child failed by itself";
  std::this_thread::sleep_for(std::chrono::microseconds{after_us});
  ::kill(child, SIGKILL);
  int status = 0;
  ::waitpid(child, &status, 0);
  ::close(ends[0]);
  EXPECT_TRUE(WIFSIGNALED(status)) << "the child failed by itself";
}

std::unique_ptr<storage::Database> opened(const std::string& address) {
  return storage::testing::TempDatabase::open_at(address);
}

void queue_jobs(const std::string& address, int count) {
  const auto db = opened(address);
  ASSERT_TRUE(storage::migrate(*db));
  ASSERT_TRUE(db->write([&](storage::WriteTx& tx) -> Result<void> {
    for (int i = 0; i < count; ++i)
      SH_CHECK(storage::jobs::enqueue(tx, {.kind = "ingest", .subject = i, .run_at = SystemClock{}.now()}));
    return {};
  }));
}

/// Opened for this look alone: SQLite's locks must not be held across fork().
std::map<std::int64_t, int> landings(const std::string& address) {
  std::map<std::int64_t, int> out;
  const auto db = opened(address);
  const auto events = db->read([](storage::ReadTx& tx) { return storage::outbox::after(tx, {}, 1000); });
  for (const auto& event : events.value()) ++out[event.song.value];
  return out;
}

TEST(RunnerUnderKill9, EveryJobLandsExactlyOnceHoweverManyRunnersAreKilled) {
  constexpr int jobs = 100;
  // SQLite: no TempDatabase, which would hold locks across fork().
  const storage::testing::TempFolder folder;
  std::optional<storage::testing::TempPostgresDatabase> postgres;
  if (storage::testing::on_postgres()) postgres.emplace();
  const auto address = postgres ? postgres->url() : (folder.path() / "soundhub.db").string();
  queue_jobs(address, jobs);
  std::mt19937 random{20261122};
  int rounds = 0;
  for (; rounds < jobs && landings(address).size() < jobs; ++rounds)
    run_and_kill(address, rounds, static_cast<unsigned>(random() % 40'000));
  const auto found = landings(address);
  EXPECT_EQ(found.size(), static_cast<std::size_t>(jobs));
  for (const auto& [subject, times] : found) EXPECT_EQ(times, 1) << "job " << subject;
  EXPECT_GT(rounds, 1) << "nobody was killed in the middle";
  RecordProperty("killed_runners", rounds);
}

}  // namespace
}  // namespace soundhub::jobs
