// SPDX-License-Identifier: AGPL-3.0-or-later
#include "fixture.hpp"
#include "soundhub/services/listening.hpp"

namespace soundhub::services {
namespace {

using ::testing::Contains;
using ::testing::SizeIs;

class ReleasesTest : public ServicesTest {
 protected:
  Result<ReleaseView> release(MixId of) { return releases_.release(mina_, song_, of, ""); }
  releases::Release now(const ReleaseView& view) { return must(releases_.get(mina_, view.release.id)).release; }
  UserId mina_{user("mina")}, joon_{user("joon")};
  SongId song_{song(mina_)};
  mixes::Channel own_{channel(first_part(song_, mina_))};
};

TEST_F(ReleasesTest, ARenderedReleaseIsTheSongsLatest) {
  const auto started = must(release(mix(mina_, song_, {own_}).id));
  EXPECT_EQ(started.release.state, releases::State::rendering);
  EXPECT_EQ(started.release.number, 1);
  must(run_job("render"));
  EXPECT_EQ(now(started).state, releases::State::ready);
  EXPECT_EQ(must(songs_.get({}, song_)).song.latest_release, started.release.id);
  EXPECT_TRUE(Listening{context()}.release_file({}, started.release.id, "mix.flac"));
  EXPECT_EQ(refusal(Listening{context()}.release_file({}, started.release.id, "mix.wav")), "release.no_such_file");
}

TEST_F(ReleasesTest, TheSameGraphSharesTheFilesOfTheFirst) {
  const auto first = must(release(mix(mina_, song_, {own_}).id));
  must(run_job("render"));
  const auto saved = mix(mina_, song_, {own_}, must(songs_.get({}, song_)).mix->id);
  const auto again = must(release(saved.id));
  EXPECT_EQ(again.release.state, releases::State::ready);
  EXPECT_EQ(again.release.number, 2);
  EXPECT_EQ(again.files.size(), now(first).state == releases::State::ready ? 4u : 0u);
  EXPECT_EQ(media_.renders, 1);
  EXPECT_FALSE(waits("render"));
}

TEST_F(ReleasesTest, AnotherGraphIsRenderedAnew) {
  must(release(mix(mina_, song_, {own_}).id));
  must(run_job("render"));
  own_.gain_db = -1;
  must(release(mix(mina_, song_, {own_}, must(songs_.get({}, song_)).mix->id).id));
  must(run_job("render"));
  EXPECT_EQ(media_.renders, 2);
}

TEST_F(ReleasesTest, CreditsNameOnlyWhoIsHeard) {
  const auto drums = part(joon_, song_);
  must(parts_.accept(mina_, drums.part.id));
  auto muted = channel(drums);
  muted.muted = true;
  const auto started = must(release(mix(mina_, song_, {own_, muted}).id));
  ASSERT_THAT(started.credits, SizeIs(1));
  EXPECT_EQ(started.credits.front().musician.nickname, "mina");
  must(run_job("render"));
  EXPECT_THAT(media_.request.channels, SizeIs(1)) << "what isn't heard isn't decoded";
}

TEST_F(ReleasesTest, SilenceIsntReleased) {
  own_.gain_db = mixes::off_db;
  EXPECT_EQ(refusal(release(mix(mina_, song_, {own_}).id)), "release.nothing_audible");
  EXPECT_FALSE(waits("render"));
}

TEST_F(ReleasesTest, OneReleaseOfASongIsRenderedAtATime) {
  const auto saved = mix(mina_, song_, {own_});
  const auto first = must(release(saved.id));
  EXPECT_EQ(refusal(release(saved.id)), "release.rendering");
  must(run_job("render"));
  EXPECT_EQ(now(first).state, releases::State::ready);
  EXPECT_TRUE(release(saved.id));
}

TEST_F(ReleasesTest, AFailedRenderIsToldAndDoesntBlockTheNext) {
  const auto saved = mix(mina_, song_, {own_});
  const auto failed = must(release(saved.id));
  media_.error = Error{Errc::unavailable, "media.limit", {}};
  must(run_job("render", true));
  EXPECT_EQ(now(failed).state, releases::State::failed);
  EXPECT_EQ(now(failed).error_key, "media.limit");
  EXPECT_EQ(events().back().type, "release.failed");
  EXPECT_EQ(events().back().error_key, "media.limit");
  media_.error.reset();
  const auto next = must(release(saved.id));
  must(run_job("render"));
  EXPECT_EQ(now(next).state, releases::State::ready);
}

TEST_F(ReleasesTest, ARenderWithoutAFileOfEachKindDoesntLand) {
  const auto started = must(release(mix(mina_, song_, {own_}).id));
  media_.forgets_flac = true;
  EXPECT_EQ(refusal(run_job("render")), "internal");
  EXPECT_EQ(now(started).state, releases::State::rendering);
}

TEST_F(ReleasesTest, ALostLeasePublishesNothing) {
  const auto started = must(release(mix(mina_, song_, {own_}).id));
  media_.meanwhile = [&] {
    clock_.pass(std::chrono::minutes{5});
    must(db_->write([&](storage::WriteTx& tx) { return storage::jobs::release_expired(tx, clock_.now()); }));
  };
  EXPECT_EQ(refusal(run_job("render")), "job.lease_lost");
  EXPECT_EQ(now(started).state, releases::State::rendering);
  EXPECT_EQ(must(songs_.get({}, song_)).song.latest_release, std::nullopt);
}

TEST_F(ReleasesTest, AMixOfAnotherSongIsNotFound) {
  const auto other = song(mina_);
  const auto foreign = mix(mina_, other, {channel(first_part(other, mina_))});
  EXPECT_EQ(refusal(release(foreign.id)), "mix.not_found");
  EXPECT_EQ(refusal(releases_.release(joon_, song_, foreign.id, "")), "song.not_yours");
}

}  // namespace
}  // namespace soundhub::services
