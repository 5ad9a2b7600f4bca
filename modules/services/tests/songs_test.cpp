// SPDX-License-Identifier: AGPL-3.0-or-later
#include "fixture.hpp"
#include "soundhub/services/events.hpp"
#include "soundhub/services/listening.hpp"

namespace soundhub::services {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class SongsTest : public ServicesTest {
 protected:
  UserId mina_{user("mina")}, joon_{user("joon")};
};

TEST_F(SongsTest, AFailedInsertLeavesNoJobAndKeepsTheUpload) {
  auto wanted = new_song(mina_);
  wanted.seats.push_back({.instrument = songs::Instrument::bass, .note = std::string(201, 'x')});
  EXPECT_EQ(refusal(songs_.create(mina_, wanted)), "song.note_too_long");
  EXPECT_FALSE(waits("ingest"));
  EXPECT_THAT(must(songs_.list(mina_, {.owner = mina_})).songs, IsEmpty());
  EXPECT_TRUE(uploads_.get(mina_, wanted.upload_id));
}

TEST_F(SongsTest, ASongIsItsOwnersAloneUntilItCanBeHeard) {
  const auto id = unpublished_song(mina_);
  EXPECT_TRUE(songs_.get(mina_, id));
  EXPECT_EQ(refusal(songs_.get(joon_, id)), "song.not_found");
  EXPECT_EQ(refusal(songs_.get({}, id)), "song.not_found");
  EXPECT_THAT(must(songs_.list(joon_, {.owner = mina_})).songs, IsEmpty());
  must(run_job("ingest"));
  EXPECT_TRUE(songs_.get({}, id));
  EXPECT_THAT(must(songs_.list(joon_, {.owner = mina_})).songs, SizeIs(1));
}

TEST_F(SongsTest, OnlyItsOwnerChangesASong) {
  const auto id = song(mina_);
  EXPECT_EQ(refusal(songs_.edit(joon_, id, {.title = "Mine now"})), "song.not_yours");
  EXPECT_EQ(refusal(songs_.remove(joon_, id)), "song.not_yours");
  EXPECT_EQ(refusal(songs_.open_seat(joon_, id, {})), "song.not_yours");
  EXPECT_EQ(must(songs_.get({}, id)).song.title, "Riff");
}

TEST_F(SongsTest, AnEditChangesWhatItNamesAndNothingElse) {
  const auto id = song(mina_);
  must(songs_.edit(mina_, id, {.tempo_bpm = std::optional{92.5}, .musical_key = std::optional<std::string>{"F#m"}}));
  must(songs_.edit(mina_, id, {.title = "Riff 2", .tempo_bpm = std::optional<double>{}}));
  const auto after = must(songs_.get({}, id)).song;
  EXPECT_EQ(after.title, "Riff 2");
  EXPECT_EQ(after.tempo_bpm, std::nullopt);
  EXPECT_EQ(after.musical_key, "F#m");
}

TEST_F(SongsTest, ASongHasNoMoreOpenSeatsThanTheLimit) {
  const auto id = song(mina_);
  for (int i = 0; i < songs::max_open_seats; ++i) must(songs_.open_seat(mina_, id, {}));
  EXPECT_EQ(refusal(songs_.open_seat(mina_, id, {})), "song.too_many_seats");
  must(songs_.close_seat(mina_, id, must(songs_.get({}, id)).seats.front().id));
  EXPECT_TRUE(songs_.open_seat(mina_, id, {}));
}

TEST_F(SongsTest, ASeatOfAnotherSongIsntClosed) {
  const auto one = song(mina_), other = song(mina_);
  const auto seat = must(songs_.open_seat(mina_, other, {}));
  EXPECT_EQ(refusal(songs_.close_seat(mina_, one, seat.id)), "song.seat_not_found");
  EXPECT_THAT(must(songs_.get({}, other)).seats, SizeIs(1));
}

TEST_F(SongsTest, ADeletedSongIsNowhere) {
  const auto id = song(mina_);
  must(songs_.open_seat(mina_, id, {}));
  const auto joined = part(joon_, id);
  must(parts_.accept(mina_, joined.part.id));
  const auto saved = mix(mina_, id, {channel(first_part(id, mina_))});
  const auto released = must(releases_.release(mina_, id, saved.id, ""));
  must(run_job("render"));
  ASSERT_THAT(must(songs_.home()).released, SizeIs(1));
  must(songs_.remove(mina_, id));

  Listening listening{context()};
  EXPECT_EQ(refusal(songs_.get(mina_, id)), "song.not_found");
  EXPECT_EQ(refusal(listening.preview(mina_, joined.take.id)), "take.not_found");
  EXPECT_EQ(refusal(listening.segment(joon_, joined.take.id, 0)), "take.not_found");
  EXPECT_EQ(refusal(listening.release_file(mina_, released.release.id, "mix.mp3")), "release.not_found");
  EXPECT_EQ(refusal(releases_.get(mina_, released.release.id)), "release.not_found");
  EXPECT_EQ(refusal(mixes_.get(mina_, saved.id)), "mix.not_found");
  EXPECT_EQ(refusal(parts_.edit(joon_, joined.part.id, {})), "part.not_found");
  EXPECT_EQ(refusal(songs_.edit(mina_, id, {})), "song.not_found");
  EXPECT_FALSE(must(Events{context()}.may_follow(mina_, id)));
  EXPECT_THAT(must(songs_.list(mina_, {.owner = mina_})).songs, IsEmpty());
  const auto home = must(songs_.home());
  EXPECT_THAT(home.seeking, IsEmpty());
  EXPECT_THAT(home.released, IsEmpty());
  EXPECT_THAT(home.grew, IsEmpty());
}

TEST_F(SongsTest, EventsAreFollowedByThoseWhoSeeTheSong) {
  Events events{context()};
  const auto id = unpublished_song(mina_);
  EXPECT_TRUE(must(events.may_follow(mina_, id)));
  EXPECT_FALSE(must(events.may_follow(joon_, id)));
  EXPECT_FALSE(must(events.may_follow({}, id)));
  must(run_job("ingest"));
  EXPECT_TRUE(must(events.may_follow({}, id)));
  EXPECT_FALSE(must(events.may_follow(mina_, SongId{999})));
}

TEST_F(SongsTest, ACoverIsMadeOfTheUpload) {
  auto wanted = new_song(mina_);
  wanted.cover_upload_id = upload(mina_, "picture");
  const auto id = must(songs_.create(mina_, wanted));
  std::string tag;
  EXPECT_EQ(refusal(songs_.cover(mina_, id, 640, tag)), "song.no_cover");
  must(run_job("cover"));
  EXPECT_EQ(media_.heard, "picture");
  EXPECT_TRUE(songs_.cover(mina_, id, 640, tag));
  EXPECT_TRUE(songs_.cover(mina_, id, 160, tag));
  EXPECT_EQ(refusal(songs_.cover(joon_, id, 640, tag)), "song.not_found");
}

TEST_F(SongsTest, ACoverThatIsReplacedWhileItIsDrawnDoesntLand) {
  auto wanted = new_song(mina_);
  wanted.cover_upload_id = upload(mina_, "old");
  const auto id = must(songs_.create(mina_, wanted));
  media_.meanwhile = [&] { must(songs_.edit(mina_, id, {.cover_upload_id = upload(mina_, "new")})); };
  must(run_job("cover"));
  std::string tag;
  EXPECT_EQ(refusal(songs_.cover(mina_, id, 640, tag)), "song.no_cover");
  media_.meanwhile = [] {};
  must(run_job("cover"));
  EXPECT_EQ(media_.heard, "new");
  EXPECT_TRUE(songs_.cover(mina_, id, 640, tag));
}

TEST_F(SongsTest, AFileThatIsNoPictureLeavesTheSongWithoutACover) {
  auto wanted = new_song(mina_);
  wanted.cover_upload_id = upload(mina_, "text");
  const auto id = must(songs_.create(mina_, wanted));
  media_.error = Error{Errc::invalid, "image.undecodable", {}};
  must(run_job("cover"));
  EXPECT_FALSE(waits("cover"));
  EXPECT_EQ(events().back().error_key, "image.undecodable");
  std::string tag;
  EXPECT_EQ(refusal(songs_.cover(mina_, id, 640, tag)), "song.no_cover");
}

TEST_F(SongsTest, OneAccountPutsUpOnlySoManySongsAnHour) {
  Songs few{context(), uploads_, {.songs = 1}};
  must(few.create(mina_, new_song(mina_)));
  EXPECT_EQ(refusal(few.create(mina_, new_song(mina_))), "song.songs_paused");
  clock_.pass(std::chrono::hours{1});
  must(few.create(mina_, new_song(mina_)));
}

}  // namespace
}  // namespace soundhub::services
