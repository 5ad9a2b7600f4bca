// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/storage/outbox.hpp"

#include "fixture.hpp"

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
