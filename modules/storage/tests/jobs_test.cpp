// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/storage/jobs.hpp"

#include <map>
#include <mutex>
#include <thread>

#include "fixture.hpp"

namespace soundhub::storage::jobs {
namespace {

using ::testing::ElementsAre;

class Jobs : public RepositoryTest {
 protected:
  JobId add(std::string_view kind, std::int64_t subject, int priority = 0, Time run_at = noon) {
    return write([&](WriteTx& tx) {
             return enqueue(tx, {.kind = kind, .subject = subject, .priority = priority, .run_at = run_at});
           })
        .value();
  }
  std::optional<LeasedJob> take_lease(std::string_view token, Time now = noon,
                                      std::vector<std::string> kinds = {"ingest", "render"}) {
    return write([&](WriteTx& tx) { return lease(tx, kinds, token, now, now + Millis{60'000}); }).value();
  }
  Job got(JobId id) {
    return read([&](ReadTx& tx) { return get(tx, id); }).value();
  }
  int expire(Time now) {
    return *write([&](WriteTx& tx) { return release_expired(tx, now); });
  }
};

TEST_F(Jobs, ADueJobIsLeasedOnce) {
  const auto id = add("ingest", 7);
  const auto leased = take_lease("token1");
  ASSERT_TRUE(leased);
  EXPECT_EQ(leased->lease.id, id);
  EXPECT_EQ(leased->kind, "ingest");
  EXPECT_EQ(leased->subject, 7);
  EXPECT_EQ(leased->attempt, 1);
  EXPECT_FALSE(take_lease("token2"));
  EXPECT_EQ(got(id).state, State::running);
  EXPECT_EQ(got(id).lease_until, later(60'000));
}

TEST_F(Jobs, HigherPriorityGoesFirstThenTheLongestDueAcrossKinds) {
  add("ingest", 1, 0, later(-10));
  add("render", 2, 5, later(-5));
  add("ingest", 3, 5, later(-7));
  add("ingest", 4, 9, later(1));  // not due
  add("sweep", 5, 99);            // not asked for
  std::vector<std::int64_t> order;
  while (const auto leased = take_lease("t" + std::to_string(order.size()))) order.push_back(leased->subject);
  EXPECT_THAT(order, ElementsAre(3, 2, 1));
}

TEST_F(Jobs, AnyDueTellsWhetherALeaseWouldFindOne) {
  const auto due = [&](Time now) {
    const std::vector<std::string> kinds{"ingest"};
    return read([&](ReadTx& tx) { return any_due(tx, kinds, now); });
  };
  EXPECT_FALSE(due(noon));
  add("ingest", 1, 0, later(10));
  add("render", 1);
  EXPECT_FALSE(due(later(9)));
  EXPECT_TRUE(due(later(10)));
  take_lease("token", later(10), {"ingest"});
  EXPECT_FALSE(due(later(10)));
}

TEST_F(Jobs, WorkAndTheEndOfTheJobAreOneCommit) {
  const auto id = add("ingest", 7);
  const auto leased = take_lease("token");
  const auto outcome = refusal([&](WriteTx& tx) -> Result<void> {
    SH_CHECK(finish(tx, leased->lease, later(5)));
    return fail(Errc::unavailable, "storage.full");  // the landing failed after all
  });
  EXPECT_EQ(outcome, "storage.full");
  EXPECT_EQ(got(id).state, State::running);
  write([&](WriteTx& tx) { return finish(tx, leased->lease, later(5)); });
  EXPECT_EQ(got(id).state, State::done);
  EXPECT_EQ(got(id).finished_at, later(5));
  EXPECT_EQ(got(id).progress, 1);
}

TEST_F(Jobs, ARunnerThatLostItsLeaseChangesNothing) {
  const auto id = add("ingest", 7);
  const auto first = take_lease("first");
  EXPECT_EQ(expire(later(60'001)), 1);
  const auto second = take_lease("second", later(60'001));
  ASSERT_TRUE(second);
  EXPECT_EQ(second->attempt, 2);
  const auto lost = "job.lease_lost";
  EXPECT_EQ(refusal([&](WriteTx& tx) { return finish(tx, first->lease, noon); }), lost);
  EXPECT_EQ(refusal([&](WriteTx& tx) { return heartbeat(tx, first->lease, later(99), 0.5); }), lost);
  EXPECT_EQ(refusal([&](WriteTx& tx) { return retry_later(tx, first->lease, noon, "x"); }), lost);
  EXPECT_EQ(refusal([&](WriteTx& tx) { return give_back(tx, first->lease); }), lost);
  EXPECT_EQ(refusal([&](WriteTx& tx) { return postpone(tx, first->lease, noon, "x"); }), lost);
  EXPECT_EQ(refusal([&](WriteTx& tx) { return bury(tx, first->lease, noon, "x"); }), lost);
  EXPECT_EQ(refusal([&](WriteTx& tx) { return still_held(tx, first->lease); }), lost);
  EXPECT_EQ(refusal([&](WriteTx& tx) { return still_held(tx, second->lease); }), "");
  EXPECT_EQ(got(id).state, State::running);
}

TEST_F(Jobs, AHeartbeatKeepsTheLease) {
  const auto id = add("ingest", 7);
  const auto leased = take_lease("token");
  write([&](WriteTx& tx) { return heartbeat(tx, leased->lease, later(120'000), 0.5); });
  EXPECT_EQ(expire(later(60'001)), 0);
  EXPECT_EQ(got(id).progress, 0.5);
  EXPECT_EQ(expire(later(120'001)), 1);
}

TEST_F(Jobs, ARetryWaitsAndRemembersWhy) {
  const auto id = add("ingest", 7);
  const auto leased = take_lease("token");
  write([&](WriteTx& tx) { return retry_later(tx, leased->lease, later(5000), "media.crashed: signal 11"); });
  EXPECT_FALSE(take_lease("early", later(4999)));
  EXPECT_EQ(got(id).last_error, "media.crashed: signal 11");
  EXPECT_EQ(take_lease("due", later(5000))->attempt, 2);
}

TEST_F(Jobs, OneThatIsGivenBackRunsAtOnceAndTheAttemptDoesNotCount) {
  add("ingest", 7);
  const auto leased = take_lease("token");
  write([&](WriteTx& tx) { return give_back(tx, leased->lease); });
  EXPECT_EQ(take_lease("other")->attempt, 1);
}

TEST_F(Jobs, APostponedJobWaitsAndItsAttemptDoesNotCount) {
  const auto id = add("ingest", 7);
  const auto leased = take_lease("token");
  write([&](WriteTx& tx) { return postpone(tx, leased->lease, later(5'000), "blob.unreachable"); });
  EXPECT_EQ(got(id).last_error, "blob.unreachable");
  EXPECT_FALSE(take_lease("early", later(4'999)));
  EXPECT_EQ(take_lease("late", later(5'000))->attempt, 1);
}

TEST_F(Jobs, TheDeadWaitForAPersonWhoMayStartThemAfresh) {
  const auto a = add("ingest", 1), b = add("ingest", 2);
  for (const auto* token : {"t1", "t2"}) {
    const auto leased = take_lease(token);
    write([&](WriteTx& tx) { return bury(tx, leased->lease, later(3), "media.crashed"); });
  }
  EXPECT_FALSE(take_lease("t3", later(1'000'000)));
  const auto all = read([](ReadTx& tx) { return dead(tx, {}, 10); });
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].id, b);
  EXPECT_EQ(all[0].last_error, "media.crashed");
  EXPECT_EQ(all[0].attempts, 1);
  EXPECT_EQ(read([&](ReadTx& tx) { return dead(tx, b, 10); })[0].id, a);
  write([&](WriteTx& tx) { return requeue(tx, a, later(9)); });
  EXPECT_EQ(take_lease("t4", later(9))->attempt, 1);
  EXPECT_EQ(refusal([&](WriteTx& tx) { return requeue(tx, a, later(9)); }), "job.not_dead");
}

TEST_F(Jobs, TheDeadAreCountedByKindAndThoseOfOneErrorApart) {
  EXPECT_TRUE(read([](ReadTx& tx) { return count_dead(tx, "mail.refused"); }).empty());
  add("ingest", 1);
  for (const auto* error :
       {"mail.refused", "mail.refused: 550 no such mailbox", "mail.refusedness", "mail.untrusted"}) {
    add("mail", 2);
    const auto leased = take_lease(error, noon, {"mail"});
    write([&](WriteTx& tx) { return bury(tx, leased->lease, noon, error); });
  }
  const auto crashed = take_lease("token");
  write([&](WriteTx& tx) { return bury(tx, crashed->lease, noon, "media.crashed: signal 11"); });
  const auto all = read([](ReadTx& tx) { return count_dead(tx, "mail.refused"); });
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(std::tuple(all[0].kind, all[0].all, all[0].of_error), std::tuple("ingest", 1, 0));
  EXPECT_EQ(std::tuple(all[1].kind, all[1].all, all[1].of_error), std::tuple("mail", 4, 2));
}

TEST_F(Jobs, WhatIsNotDoneIsCountedByKindAndStateWithItsAge) {
  EXPECT_TRUE(read([](ReadTx& tx) { return waiting(tx); }).empty());
  add("ingest", 1, 0, later(5));
  add("ingest", 2, 0, later(3));
  add("render", 3);
  const auto leased = take_lease("token", noon, {"render"});
  add("cover", 4, 0, later(-9));
  const auto failed = take_lease("other", noon, {"cover"});
  write([&](WriteTx& tx) { return bury(tx, failed->lease, noon, "x"); });
  const auto all = read([](ReadTx& tx) { return waiting(tx); });
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0].kind, "ingest");
  EXPECT_EQ(all[0].state, State::queued);
  EXPECT_EQ(all[0].count, 2);
  EXPECT_EQ(all[0].oldest, later(3));
  EXPECT_EQ(all[1].kind, "render");
  EXPECT_EQ(all[1].state, State::running);
  EXPECT_EQ(all[2].kind, "cover");
  EXPECT_EQ(all[2].state, State::dead);
  EXPECT_EQ(all[2].oldest, later(-9));
}

TEST_F(Jobs, ManyThatAskAtOnceGetDifferentOnesAndLeaveNone) {
  constexpr int jobs = 200, runners = 12;
  for (int i = 0; i < jobs; ++i) add(i % 2 == 0 ? "ingest" : "render", i, i % 3);
  std::mutex mutex;
  std::map<std::int64_t, int> taken;
  {
    std::vector<std::jthread> crowd;
    for (int r = 0; r < runners; ++r)
      crowd.emplace_back([&, r] {
        const std::vector<std::string> kinds{"ingest", "render"};
        for (int i = 0;; ++i) {
          const auto token = std::to_string(r) + "/" + std::to_string(i);
          const auto leased = db_->write([&](WriteTx& tx) { return lease(tx, kinds, token, noon, later(60'000)); },
                                         Isolation::per_statement);
          ASSERT_TRUE(leased) << leased.error().detail;
          if (!*leased) return;
          const std::lock_guard lock{mutex};
          ++taken[(*leased)->subject];
        }
      });
  }
  EXPECT_EQ(taken.size(), static_cast<std::size_t>(jobs));
  for (const auto& [subject, times] : taken) EXPECT_EQ(times, 1) << subject;
}

TEST_F(Jobs, WhatIsDoneIsForgottenAfterAWhile) {
  for (int i = 0; i < 3; ++i) {
    add("ingest", i);
    const auto leased = take_lease("t" + std::to_string(i));
    write([&](WriteTx& tx) { return finish(tx, leased->lease, later(i)); });
  }
  const auto kept = add("ingest", 9);
  const auto prune = [&](int at_most) {
    return *write([&](WriteTx& tx) { return prune_done(tx, later(2), at_most); });
  };
  EXPECT_EQ(prune(1), 1);
  EXPECT_EQ(prune(10), 1);
  EXPECT_EQ(got(kept).state, State::queued);
  EXPECT_FALSE(read([](ReadTx& tx) { return get(tx, JobId{1}); }));
}

}  // namespace
}  // namespace soundhub::storage::jobs
