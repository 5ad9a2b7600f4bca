// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/storage/outbox.hpp"

#include <algorithm>
#include <atomic>
#include <barrier>
#include <future>
#include <thread>

#include "fixture.hpp"
#include "soundhub/storage/event_signal.hpp"
#include "sql.hpp"

namespace soundhub::storage::outbox {
namespace {

using ::testing::IsEmpty;

class Outbox : public RepositoryTest {
 protected:
  EventId add(const std::string& type, Time at = noon) {
    return write([&](WriteTx& tx) { return append(tx, {.type = type, .song = SongId{1}, .created_at = at}); }).value();
  }
  std::vector<Event> events(EventId since, int limit = 100) {
    return read([&](ReadTx& tx) { return after(tx, since, limit); });
  }
  EventId newest() {
    return read([](ReadTx& tx) { return last(tx); });
  }
};

TEST_F(Outbox, EventsAreReadBackAsTheyWereWritten) {
  write([&](WriteTx& tx) {
    return append(tx, {.type = "take.rejected",
                       .song = SongId{1},
                       .part = PartId{2},
                       .take = TakeId{3},
                       .mix = MixId{4},
                       .release = ReleaseId{5},
                       .progress = 0.5,
                       .error_key = "take.undecodable",
                       .created_at = noon});
  });
  const auto found = events({});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].type, "take.rejected");
  EXPECT_EQ(found[0].song, SongId{1});
  EXPECT_EQ(found[0].part, PartId{2});
  EXPECT_EQ(found[0].take, TakeId{3});
  EXPECT_EQ(found[0].mix, MixId{4});
  EXPECT_EQ(found[0].release, ReleaseId{5});
  EXPECT_EQ(found[0].progress, 0.5);
  EXPECT_EQ(found[0].error_key, "take.undecodable");
  EXPECT_EQ(found[0].created_at, noon);
}

TEST_F(Outbox, AReaderGoesOnWhereItStopped) {
  EXPECT_EQ(newest(), EventId{0});
  add("a");
  const auto b = add("b");
  add("c");
  const auto d = add("d");
  const auto rest = events(b, 1);
  ASSERT_EQ(rest.size(), 1u);
  EXPECT_EQ(rest[0].type, "c");
  EXPECT_EQ(events(rest[0].id)[0].id, d);
  EXPECT_THAT(events(d), IsEmpty());
  EXPECT_EQ(newest(), d);
}

TEST_F(Outbox, WhoHasSeenAnIdNeverFindsASmallerOneLater) {
  constexpr int threads = 8, each = 15;
  std::atomic<int> writing{threads};
  std::vector<std::jthread> crowd;
  for (int t = 0; t < threads; ++t)
    crowd.emplace_back([&, t] {
      for (int i = 0; i < each; ++i)
        write([&](WriteTx& tx) -> Result<void> {
          SH_CHECK(append(tx, {.type = "a", .song = SongId{t}}));
          // What comes between the id and the commit is longer for some than for others.
          for (int n = 0; n < (t + i) % 4; ++n) SH_CHECK(last(tx));
          return {};
        });
      --writing;
    });
  std::vector<EventId> seen;
  for (bool more = true; more;) {
    more = writing > 0;
    for (const auto& event : events(seen.empty() ? EventId{} : seen.back())) {
      seen.push_back(event.id);
      more = true;
    }
  }
  EXPECT_EQ(seen.size(), static_cast<std::size_t>(threads * each));
  EXPECT_TRUE(std::ranges::is_sorted(seen));
}

/// As an event stream does: reads, waits, reads on.
class Signal : public Outbox {
 protected:
  EventId next_after(EventId seen) {
    for (;;) {
      const auto found = events(seen, 1);
      if (!found.empty()) return found[0].id;
      signal_->wait(std::chrono::minutes{10});
    }
  }
  std::unique_ptr<EventSignal> signal_{db_->event_signal()};
  std::barrier<> interrupted_{2};
  std::atomic<bool> stopped_{false};
};

TEST_F(Signal, WakesForWhatAnotherProcessCommits) {
  const auto first = add("a");
  EXPECT_EQ(next_after({}), first);
  const auto other = db_.open_again();
  std::jthread writer{[&] {
    for (int i = 0; i < 5; ++i)
      EXPECT_TRUE(other->write([&](WriteTx& tx) { return append(tx, {.type = "b", .song = SongId{1}}); }));
  }};
  EventId seen = first;
  for (int i = 0; i < 5; ++i) seen = next_after(seen);
  writer.join();
  EXPECT_EQ(seen, newest());
}

TEST_F(Signal, ALostNotificationLosesNothing) {
  if (!testing::on_postgres()) GTEST_SKIP() << "SQLite sends none";
  signal_->wait(std::chrono::milliseconds{1});  // listens from here on
  add("a");
  const auto seen = next_after({});
  db_->write([](WriteTx& tx) {
    return query(tx,
                 "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
                 " WHERE datname = current_database() AND query LIKE 'LISTEN%'");
  });
  const auto missed = add("nobody listened");
  EXPECT_EQ(next_after(seen), missed);
  auto later = std::async(std::launch::async, [&] { return next_after(missed); });
  const auto heard = add("listens again");
  EXPECT_EQ(later.get(), heard);
}

TEST_F(Signal, IsInterruptedBeforeAndDuringAWait) {
  signal_->interrupt();
  signal_->wait(std::chrono::minutes{10});
  std::jthread waiter{[&] {
    for (int i = 0; i < 2; ++i) signal_->wait(std::chrono::milliseconds{1});
    interrupted_.arrive_and_wait();
    while (!stopped_) signal_->wait(std::chrono::minutes{10});
  }};
  interrupted_.arrive_and_wait();
  stopped_ = true;
  signal_->interrupt();
}

TEST_F(Outbox, AnEventOfARolledBackChangeIsNeverSeen) {
  EXPECT_EQ(refusal([](WriteTx& tx) -> Result<void> {
              SH_TRY([[maybe_unused]] const auto id, append(tx, {.type = "a", .song = SongId{1}}));
              return fail(Errc::invalid, "test.refused");
            }),
            "test.refused");
  EXPECT_THAT(events({}), IsEmpty());
}

TEST_F(Outbox, OldEventsAreForgottenSomeAtATimeButNeverTheNewest) {
  for (int i = 0; i < 5; ++i) add("old", later(i));
  const auto newest_id = newest();
  const auto prune = [&](int at_most) {
    return *write([&](WriteTx& tx) { return prune_before(tx, later(100), at_most); });
  };
  EXPECT_EQ(prune(3), 3);
  EXPECT_EQ(events({}).size(), 2u);
  EXPECT_EQ(prune(3), 1);
  EXPECT_EQ(prune(3), 0);
  EXPECT_EQ(newest(), newest_id);
}

}  // namespace
}  // namespace soundhub::storage::outbox
