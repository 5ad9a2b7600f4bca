// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/domain/parts.hpp"

#include <gtest/gtest.h>

#include "soundhub/domain/releases.hpp"

namespace soundhub::parts {
namespace {

const UserId owner{1}, author{2}, stranger{3};

struct Scene {
  songs::Song song;
  Part part;
  takes::Take take;
  Scene() {
    song.owner.id = owner;
    song.published = true;
    part.author.id = author;
  }
};

TEST(Part, AnOfferIsDecidedOnceAndADeclineCanBeThoughtOver) {
  EXPECT_TRUE(next_state(State::offered, State::accepted));
  EXPECT_TRUE(next_state(State::offered, State::withdrawn));
  EXPECT_TRUE(next_state(State::declined, State::accepted));
  for (const auto from : {State::accepted, State::withdrawn})
    for (const auto to : {State::offered, State::accepted, State::declined, State::withdrawn})
      EXPECT_EQ(next_state(from, to).error().key, "part.wrong_state");
}

TEST(Part, NobodyButItsAuthorOrTheSongsOwnerChangesIt) {
  const Scene s;
  EXPECT_TRUE(may_edit(s.part, author));
  EXPECT_TRUE(may_withdraw(s.part, author));
  EXPECT_TRUE(may_decide(s.part, s.song, owner));
  for (const std::optional<UserId> other : {std::optional{stranger}, std::optional<UserId>{}}) {
    EXPECT_FALSE(may_edit(s.part, other) || may_withdraw(s.part, other) || may_decide(s.part, s.song, other));
  }
  EXPECT_FALSE(may_edit(s.part, owner));
  EXPECT_FALSE(may_decide(s.part, s.song, author));
}

TEST(Part, ADeclinedOfferIsSeenByThoseConcernedOnly) {
  Scene s;
  s.part.state = State::declined;
  EXPECT_TRUE(may_see(s.part, s.song, author));
  EXPECT_TRUE(may_see(s.part, s.song, owner));
  EXPECT_FALSE(may_see(s.part, s.song, stranger));
}

TEST(Part, AnUnfinishedTakeIsHeardByThoseConcernedOnly) {
  Scene s;
  EXPECT_TRUE(may_hear(s.part, s.take, s.song, author));
  EXPECT_FALSE(may_hear(s.part, s.take, s.song, std::nullopt));
  s.take.state = takes::State::ready;
  EXPECT_TRUE(may_hear(s.part, s.take, s.song, std::nullopt));
}

TEST(Take, OnlyIngestMakesATakeReady) {
  EXPECT_FALSE(takes::next_state(takes::State::uploaded, takes::State::ready));
  EXPECT_TRUE(takes::next_state(takes::State::ingesting, takes::State::ready));
  EXPECT_FALSE(takes::next_state(takes::State::ready, takes::State::ingesting));
}

TEST(Release, AReadyReleaseIsNeverOverwritten) {
  EXPECT_FALSE(releases::next_state(releases::State::ready, releases::State::rendering));
  EXPECT_TRUE(releases::next_state(releases::State::failed, releases::State::rendering));
}

}  // namespace
}  // namespace soundhub::parts
