// SPDX-License-Identifier: AGPL-3.0-or-later
#include "fixture.hpp"
#include "soundhub/services/listening.hpp"

namespace soundhub::services {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

class PartsTest : public ServicesTest {
 protected:
  UserId mina_{user("mina")}, joon_{user("joon")};
  SongId song_{song(mina_)};
};

TEST_F(PartsTest, AnAcceptedPartFillsItsSeat) {
  const auto seat = must(songs_.open_seat(mina_, song_, {.instrument = songs::Instrument::drums}));
  const auto offered = part(joon_, song_, seat.id);
  EXPECT_THAT(must(songs_.get({}, song_)).seats, SizeIs(1)) << "an offer alone takes no seat";
  EXPECT_EQ(must(parts_.accept(mina_, offered.part.id)).part.state, parts::State::accepted);
  EXPECT_THAT(must(songs_.get({}, song_)).seats, IsEmpty());
}

TEST_F(PartsTest, NobodyOffersOnATakenSeat) {
  const auto seat = must(songs_.open_seat(mina_, song_, {}));
  must(parts_.accept(mina_, part(joon_, song_, seat.id).part.id));
  const auto late = upload(joon_);
  EXPECT_EQ(refusal(parts_.offer(joon_, song_, {.seat = seat.id, .upload_id = late})), "part.seat_taken");
  EXPECT_TRUE(uploads_.get(joon_, late)) << "the upload can be offered elsewhere";
}

TEST_F(PartsTest, ASeatOfAnotherSongIsNotFound) {
  const auto other = song(mina_);
  const auto seat = must(songs_.open_seat(mina_, other, {}));
  EXPECT_EQ(refusal(parts_.offer(joon_, song_, {.seat = seat.id, .upload_id = upload(joon_)})), "song.seat_not_found");
}

TEST_F(PartsTest, TheOwnersOwnPartIsInTheSongAtOnce) {
  const auto seat = must(songs_.open_seat(mina_, song_, {}));
  EXPECT_EQ(part(mina_, song_, seat.id).part.state, parts::State::accepted);
  EXPECT_THAT(must(songs_.get({}, song_)).seats, IsEmpty());
}

TEST_F(PartsTest, OnlyTheOwnerDecidesAndOnlyTheAuthorWithdraws) {
  const auto offered = part(joon_, song_).part.id;
  EXPECT_EQ(refusal(parts_.accept(joon_, offered)), "part.not_yours");
  EXPECT_EQ(refusal(parts_.decline(joon_, offered)), "part.not_yours");
  EXPECT_EQ(refusal(parts_.withdraw(mina_, offered)), "part.not_yours");
  EXPECT_EQ(refusal(parts_.edit(mina_, offered, {.note = "mine"})), "part.not_yours");
  EXPECT_EQ(must(parts_.withdraw(joon_, offered)).part.state, parts::State::withdrawn);
}

TEST_F(PartsTest, AWithdrawnPartStaysWithdrawn) {
  const auto offered = part(joon_, song_).part.id;
  must(parts_.withdraw(joon_, offered));
  EXPECT_EQ(refusal(parts_.withdraw(joon_, offered)), "part.wrong_state");
  EXPECT_EQ(refusal(parts_.accept(mina_, offered)), "part.wrong_state");
}

TEST_F(PartsTest, ADeclinedPartMayStillBeAccepted) {
  const auto offered = part(joon_, song_).part.id;
  must(parts_.decline(mina_, offered));
  EXPECT_EQ(must(parts_.accept(mina_, offered)).part.state, parts::State::accepted);
}

TEST_F(PartsTest, WhatCantBeHeardYetIsntAccepted) {
  const auto offered = must(parts_.offer(joon_, song_, {.upload_id = upload(joon_)}));
  EXPECT_EQ(refusal(parts_.accept(mina_, offered.part.id)), "part.take_not_ready");
  must(run_job("ingest"));
  EXPECT_TRUE(parts_.accept(mina_, offered.part.id));
}

TEST_F(PartsTest, ADeclinedPartIsHeardByThoseItConcernsOnly) {
  const auto offered = part(joon_, song_);
  const auto visitor = user("visitor");
  Listening listening{context()};
  EXPECT_TRUE(listening.preview(visitor, offered.take.id));
  must(parts_.decline(mina_, offered.part.id));
  EXPECT_EQ(refusal(listening.preview(visitor, offered.take.id)), "take.not_found");
  EXPECT_TRUE(listening.preview(mina_, offered.take.id));
  EXPECT_TRUE(listening.preview(joon_, offered.take.id));
}

TEST_F(PartsTest, TheOriginalFileIsForItsAuthorAndTheOwner) {
  const auto offered = part(joon_, song_);
  Listening listening{context()};
  EXPECT_EQ(refusal(listening.original(user("visitor"), offered.take.id)), "part.not_yours");
  EXPECT_EQ(refusal(listening.original({}, offered.take.id)), "part.not_yours");
  EXPECT_TRUE(listening.original(mina_, offered.take.id));
  EXPECT_TRUE(listening.original(joon_, offered.take.id));
}

TEST_F(PartsTest, NobodyOffersOnASongTheyCantSee) {
  const auto hidden = unpublished_song(mina_);
  EXPECT_EQ(refusal(parts_.offer(joon_, hidden, {.upload_id = upload(joon_)})), "song.not_found");
}

TEST_F(PartsTest, OneAccountOffersOnlySoManyPartsAnHour) {
  Parts few{context(), uploads_, {.offers = 1}};
  const auto offer = [&](UserId who) {
    return few.offer(who, song_, {.instrument = songs::Instrument::drums, .upload_id = upload(who)});
  };
  must(offer(joon_));
  EXPECT_EQ(refusal(offer(joon_)), "part.offers_paused");
  must(offer(mina_));
  clock_.pass(std::chrono::hours{1});
  must(offer(joon_));
}

TEST_F(PartsTest, AnOwnFileThatCantBeHeardGivesItsSeatBack) {
  const auto seat = must(songs_.open_seat(mina_, song_, {.instrument = songs::Instrument::drums, .note = ""}));
  media_.error = Error{Errc::invalid, "take.undecodable", ""};
  part(mina_, song_, seat.id);
  EXPECT_THAT(must(songs_.get(mina_, song_)).seats, ::testing::SizeIs(1));
  media_.error.reset();
  part(joon_, song_, seat.id);
}

}  // namespace
}  // namespace soundhub::services
