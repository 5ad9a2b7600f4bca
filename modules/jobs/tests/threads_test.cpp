// SPDX-License-Identifier: AGPL-3.0-or-later
#include <atomic>
#include <latch>
#include <semaphore>

#include "fixture.hpp"

namespace soundhub::jobs {
namespace {

using storage::jobs::State;

class RunnerThreads : public JobsTest {
 protected:
  // Polls rarely: what a test waits for must come by wake().
  Runner patient_{*db_, clock_, random_, log_, {.parallel = 3, .poll = std::chrono::minutes{10}}};
};

TEST_F(RunnerThreads, RunInParallelAndEachJobRunsOnce) {
  constexpr int jobs = 30;
  std::latch all_at_once{3}, all_done{jobs};
  std::atomic<int> runs{0};
  patient_.add("ingest", {.run = [&](JobContext&) -> Result<void> {
                 if (++runs <= 3) all_at_once.arrive_and_wait();  // hangs if there were fewer threads
                 all_done.count_down();
                 return {};
               }});
  std::vector<JobId> ids;
  for (int i = 0; i < jobs; ++i) ids.push_back(add("ingest", i));
  patient_.start();
  all_done.wait();
  patient_.stop();
  EXPECT_EQ(runs, jobs);
  for (const auto id : ids) EXPECT_EQ(got(id).state, State::done);
}

TEST_F(RunnerThreads, AWakeFindsWhatWasQueuedWithoutWaitingForThePoll) {
  std::latch ran{1};
  patient_.add("ingest", {.run = [&](JobContext&) -> Result<void> {
                 ran.count_down();
                 return {};
               }});
  patient_.start();
  add("ingest");
  patient_.wake();
  ran.wait();
}

TEST_F(RunnerThreads, APollFindsWhatAnotherProcessQueued) {
  Runner polling{*db_, clock_, random_, log_, {.poll = std::chrono::milliseconds{5}}};
  std::latch ran{1};
  polling.add("ingest", {.run = [&](JobContext&) -> Result<void> {
                ran.count_down();
                return {};
              }});
  polling.start();
  add("ingest");
  ran.wait();
}

TEST_F(RunnerThreads, StopAsksWhatRunsToStopAndAnotherRunnerTakesItAtOnce) {
  std::binary_semaphore begun{0};
  patient_.add("render", {.run = [&](JobContext& job) -> Result<void> {
                 begun.release();
                 std::binary_semaphore asked{0};
                 const std::stop_callback on_stop{job.stop_token(), [&] { asked.release(); }};
                 asked.acquire();
                 return fail(Errc::unavailable, "job.stopped");
               }});
  const auto id = add("render");
  patient_.start();
  begun.acquire();
  patient_.stop();
  EXPECT_EQ(got(id).state, State::queued);
  const auto again = taken_by_another("render");
  ASSERT_TRUE(again);
  EXPECT_EQ(again->attempt, 1) << "being stopped is no failure";
}

TEST_F(RunnerThreads, TwoRunnersOnOneDatabaseShareTheWork) {
  const auto other_db = db_.open_again();
  Runner other{*other_db, clock_, random_, log_, {.parallel = 2, .poll = std::chrono::milliseconds{5}}};
  constexpr int jobs = 40;
  std::latch all_done{jobs};
  std::array<std::atomic<int>, jobs> runs{};
  const Kind kind{.run = [&](JobContext& job) -> Result<void> {
    ++runs[static_cast<std::size_t>(job.subject())];
    all_done.count_down();
    return {};
  }};
  patient_.add("ingest", kind);
  other.add("ingest", kind);
  for (int i = 0; i < jobs; ++i) add("ingest", i);
  patient_.start();
  other.start();
  all_done.wait();
  patient_.stop();
  other.stop();
  for (const auto& count : runs) EXPECT_EQ(count, 1);
}

}  // namespace
}  // namespace soundhub::jobs
