// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/jobs/runner.hpp"

#include <gmock/gmock.h>

#include <stdexcept>

#include "fixture.hpp"
#include "soundhub/base/log_context.hpp"

namespace soundhub::jobs {
namespace {

using storage::jobs::State;
using ::testing::HasSubstr;

using RunnerTest = JobsTest;

TEST_F(RunnerTest, RunsADueJobOnceAndMarksItDone) {
  std::vector<std::int64_t> seen;
  runner_.add("ingest", {.run = [&](JobContext& job) -> Result<void> {
                seen.push_back(job.subject());
                EXPECT_EQ(job.attempt(), 1);
                return {};
              }});
  const auto id = add("ingest", 7);
  EXPECT_TRUE(runner_.run_one().value());
  EXPECT_FALSE(runner_.run_one().value());
  EXPECT_EQ(seen, std::vector<std::int64_t>{7});
  EXPECT_EQ(got(id).state, State::done);
}

TEST_F(RunnerTest, AJobRunsInTheNameOfTheRequestThatQueuedIt) {
  std::string seen;
  runner_.add("ingest", {.run = [&](JobContext&) -> Result<void> {
                seen = LogContext::request();
                return {};
              }});
  ASSERT_TRUE(db_->write([&](storage::WriteTx& tx) {
    return storage::jobs::enqueue(tx, {.kind = "ingest", .subject = 1, .run_at = clock_.now(), .request = "r1"});
  }));
  EXPECT_TRUE(runner_.run_one().value());
  EXPECT_EQ(seen, "r1");
  EXPECT_EQ(LogContext::request(), "");
}

TEST_F(RunnerTest, LeavesKindsItDoesNotKnowToOthers) {
  runner_.add("ingest", {.run = [](JobContext&) -> Result<void> { return {}; }});
  const auto id = add("render");
  EXPECT_FALSE(runner_.run_one().value());
  EXPECT_EQ(got(id).state, State::queued);
}

TEST_F(RunnerTest, AnOutageOfTheStoresIsWaitedForHoweverLongItTakes) {
  bool away = true;
  int runs = 0;
  runner_.add("ingest", {.run = [&](JobContext& job) -> Result<void> {
                ++runs;
                EXPECT_FALSE(job.last_attempt());
                if (away) return fail(Errc::unavailable, "blob.unreachable", "no route to host");
                return {};
              }});
  const auto id = add("ingest");
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(runner_.run_one().value());
    EXPECT_FALSE(runner_.run_one().value()) << "it isn't tried again at once";
    clock_.advance(Millis{10'000});
  }
  EXPECT_EQ(runs, 20);
  EXPECT_EQ(got(id).state, State::queued);
  EXPECT_THAT(got(id).last_error, HasSubstr("no route to host"));
  away = false;
  EXPECT_TRUE(runner_.run_one().value());
  EXPECT_EQ(got(id).state, State::done);
  EXPECT_EQ(got(id).attempts, 1);
}

TEST_F(RunnerTest, AFailureIsTriedAgainLaterAndThenDead) {
  int runs = 0;
  runner_.add("ingest", {.run = [&](JobContext& job) -> Result<void> {
                ++runs;
                EXPECT_EQ(job.last_attempt(), runs == 5);
                return fail(Errc::unavailable, "media.crashed", "signal 11");
              }});
  const auto id = add("ingest");
  for (int i = 1; i <= 5; ++i) {
    ASSERT_TRUE(runner_.run_one().value()) << i;
    EXPECT_FALSE(runner_.run_one().value()) << "waits before attempt " << i + 1;
    clock_.advance(backoff(i, 1));
  }
  EXPECT_EQ(runs, 5);
  EXPECT_EQ(got(id).state, State::dead);
  EXPECT_EQ(got(id).last_error, "media.crashed: signal 11");
}

TEST_F(RunnerTest, AJobThatCanNeverWorkIsDeadAtOnce) {
  runner_.add("ingest", {.run = [](JobContext&) { return Result<void>{fail(Errc::invalid, "take.undecodable")}; }});
  const auto id = add("ingest");
  runner_.run_one().value();
  EXPECT_EQ(got(id).state, State::dead);
  EXPECT_EQ(got(id).attempts, 1);
}

TEST_F(RunnerTest, AnExceptionIsAFailureLikeAnother) {
  runner_.add("ingest", {.run = [](JobContext&) -> Result<void> { throw std::runtime_error{"bug"}; }});
  runner_.add("render", {.run = [](JobContext&) -> Result<void> { throw 7; }});
  const auto a = add("ingest"), b = add("render");
  EXPECT_TRUE(runner_.run_one().value());
  EXPECT_TRUE(runner_.run_one().value());
  EXPECT_EQ(got(a).last_error, "job.threw: bug");
  EXPECT_EQ(got(a).state, State::queued);
  EXPECT_THAT(got(b).last_error, HasSubstr("job.threw"));
}

TEST_F(RunnerTest, WhoWaitsIsToldInTheCommitThatGivesTheJobUp) {
  std::string told;
  runner_.add("ingest",
              {.run = [](JobContext&) { return Result<void>{fail(Errc::invalid, "take.undecodable")}; },
               .give_up = [&](storage::WriteTx& tx, std::int64_t subject, const Error& error) -> Result<void> {
                 told = error.key;
                 return land(tx, subject);
               }});
  const auto id = add("ingest");
  runner_.run_one().value();
  EXPECT_EQ(told, "take.undecodable");
  EXPECT_EQ(got(id).state, State::dead);
  EXPECT_EQ(landed(), 1u);
}

TEST_F(RunnerTest, AJobIsGivenUpEvenIfNobodyCanBeTold) {
  runner_.add("ingest", {.run = [](JobContext&) { return Result<void>{fail(Errc::invalid, "take.undecodable")}; },
                         .give_up = [](storage::WriteTx& tx, std::int64_t subject, const Error&) -> Result<void> {
                           SH_CHECK(land(tx, subject));
                           return fail(Errc::internal, "test.failed");
                         }});
  const auto id = add("ingest");
  runner_.run_one().value();
  EXPECT_EQ(got(id).state, State::dead);
  EXPECT_EQ(landed(), 0u) << "half of the telling was kept";
}

TEST_F(RunnerTest, AJobWhoseRunnersKeepDyingIsDeadAfterItsAttempts) {
  int runs = 0;
  runner_.add("ingest", {.run = [&](JobContext&) -> Result<void> {
                ++runs;
                return {};
              }});
  const auto id = add("ingest");
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(taken_by_another("ingest"));
    clock_.advance(Millis{60'001});
    release_expired();
  }
  EXPECT_TRUE(runner_.run_one().value());
  EXPECT_EQ(runs, 0);
  EXPECT_EQ(got(id).state, State::dead);
  EXPECT_THAT(got(id).last_error, HasSubstr("job.crashed"));
}

TEST_F(RunnerTest, WorkLandsAndEndsTheJobInOneCommit) {
  runner_.add("ingest", {.run = [&](JobContext& job) {
                return db_->write([&](storage::WriteTx& tx) -> Result<void> {
                  SH_CHECK(job.finish(tx));
                  return land(tx, job.subject());
                });
              }});
  const auto id = add("ingest");
  runner_.run_one().value();
  EXPECT_EQ(got(id).state, State::done);
  EXPECT_EQ(landed(), 1u);
}

TEST_F(RunnerTest, ALandingThatIsRolledBackIsTriedAgain) {
  bool full = true;
  runner_.add("ingest", {.run = [&](JobContext& job) {
                return db_->write([&](storage::WriteTx& tx) -> Result<void> {
                  SH_CHECK(job.finish(tx));
                  SH_CHECK(land(tx, job.subject()));
                  if (std::exchange(full, false)) return fail(Errc::unavailable, "storage.full");
                  return {};
                });
              }});
  const auto id = add("ingest");
  runner_.run_one().value();
  EXPECT_EQ(got(id).state, State::queued);
  EXPECT_EQ(landed(), 0u);
  clock_.advance(Millis{10'000});
  runner_.run_one().value();
  EXPECT_EQ(got(id).state, State::done);
  EXPECT_EQ(landed(), 1u);
}

TEST_F(RunnerTest, WhoLostTheLeaseLandsNothing) {
  std::string refusal;
  std::optional<storage::jobs::LeasedJob> other;
  runner_.add("ingest", {.run = [&](JobContext& job) -> Result<void> {
                clock_.advance(Millis{60'001});  // too long without a heartbeat
                release_expired();
                other = taken_by_another("ingest");
                const auto landing = db_->write([&](storage::WriteTx& tx) -> Result<void> {
                  SH_CHECK(land(tx, job.subject()));
                  return job.still_ours(tx);
                });
                if (!landing) refusal = landing.error().key;
                return landing;
              }});
  const auto id = add("ingest");
  runner_.run_one().value();
  ASSERT_TRUE(other);
  EXPECT_EQ(refusal, "job.lease_lost");
  EXPECT_EQ(landed(), 0u);
  EXPECT_EQ(got(id).state, State::running) << "the other still has it";
}

TEST_F(RunnerTest, AnOutcomeThatComesAfterTheLeaseWasLostChangesNothing) {
  runner_.add("ingest", {.run = [&](JobContext&) -> Result<void> {
                clock_.advance(Millis{60'001});
                release_expired();
                EXPECT_TRUE(taken_by_another("ingest"));
                return {};
              }});
  const auto id = add("ingest");
  runner_.run_one().value();
  EXPECT_EQ(got(id).state, State::running);
}

TEST_F(RunnerTest, ProgressIsWrittenAtMostOnceASecondAndKeepsTheLease) {
  JobId id;
  runner_.add("ingest", {.run = [&](JobContext& job) -> Result<void> {
                EXPECT_TRUE(job.progress(0.1));
                EXPECT_EQ(got(id).progress, 0);
                clock_.advance(Millis{1000});
                EXPECT_TRUE(job.progress(0.2));
                EXPECT_EQ(got(id).progress, 0.2);
                EXPECT_EQ(got(id).lease_until, clock_.now() + Millis{60'000});
                EXPECT_TRUE(job.progress(0.3));
                EXPECT_EQ(got(id).progress, 0.2);
                return {};
              }});
  id = add("ingest");
  runner_.run_one().value();
  EXPECT_EQ(got(id).progress, 1);
}

TEST_F(RunnerTest, ProgressTellsThatTheLeaseWasLostAndStopIsAsked) {
  runner_.add("ingest", {.run = [&](JobContext& job) -> Result<void> {
                clock_.advance(Millis{60'001});
                release_expired();
                EXPECT_TRUE(taken_by_another("ingest"));
                const auto told = job.progress(0.5);
                EXPECT_EQ(told.error().key, "job.lease_lost");
                EXPECT_TRUE(job.stop_token().stop_requested());
                EXPECT_EQ(job.progress(0.6).error().key, "job.lease_lost");
                return told;
              }});
  const auto id = add("ingest");
  runner_.run_one().value();
  EXPECT_EQ(got(id).state, State::running);
}

TEST_F(RunnerTest, TheKeeperRenewsWhatRunsHereAndFreesWhatOthersLeft) {
  add("render");
  ASSERT_TRUE(taken_by_another("render"));
  JobId id;
  runner_.add("ingest", {.run = [&](JobContext&) -> Result<void> {
                clock_.advance(Millis{40'000});
                EXPECT_TRUE(runner_.tend());
                EXPECT_EQ(got(id).lease_until, clock_.now() + Millis{60'000});
                clock_.advance(Millis{40'000});
                EXPECT_TRUE(runner_.tend());
                return {};
              }});
  id = add("ingest");
  runner_.run_one().value();
  EXPECT_EQ(got(id).state, State::done);
  EXPECT_TRUE(taken_by_another("render")) << "its runner was silent for 80 s";
}

}  // namespace
}  // namespace soundhub::jobs
