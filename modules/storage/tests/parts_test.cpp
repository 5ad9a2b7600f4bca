// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/storage/parts.hpp"

#include "fixture.hpp"

namespace soundhub::storage::parts {
namespace {

using soundhub::songs::Instrument;
using soundhub::takes::Facts;
using soundhub::takes::Loudness;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using State = soundhub::parts::State;
using TakeState = soundhub::takes::State;

class Parts : public RepositoryTest {
 protected:
  Part got(PartId id) {
    return read([&](ReadTx& tx) { return get(tx, id); }).value();
  }
  Take got_take(TakeId id) {
    return read([&](ReadTx& tx) { return parts::take(tx, id); }).value();
  }
  /// An accepted part with a take in this state.
  PartId joined(SongId of, UserId author, std::int64_t at, TakeState state = TakeState::ready) {
    const auto id = part(of, author);
    const auto its_take = take(id);
    write([&](WriteTx& tx) -> Result<void> {
      SH_CHECK(set_take(tx, id, its_take));
      SH_CHECK(set_take_state(tx, its_take, state, std::nullopt));
      return set_state(tx, id, State::accepted, later(at));
    });
    return id;
  }
  std::vector<PartId> latest(int limit) {
    std::vector<PartId> out;
    for (const auto& row : read([&](ReadTx& tx) { return latest_joined(tx, limit); })) out.push_back(row.part.id);
    return out;
  }
  UserId anna_{user("anna")}, ben_{user("ben")};
  SongId song_{song(anna_)};
};

TEST_F(Parts, AreReadBackAsTheyWereWritten) {
  const auto seat = write([&](WriteTx& tx) { return songs::insert_seat(tx, {.song = song_, .created_at = noon}); });
  const auto id = write([&](WriteTx& tx) {
    return insert(tx, {.song = song_,
                       .author = {.id = ben_, .nickname = {}},
                       .seat = *seat,
                       .instrument = Instrument::keys,
                       .note = "쉬운 코드",
                       .state = State::offered,
                       .created_at = noon});
  });
  const auto part = got(*id);
  EXPECT_EQ(part.song, song_);
  EXPECT_EQ(part.author.id, ben_);
  EXPECT_EQ(part.author.nickname, "ben");
  EXPECT_EQ(part.seat, *seat);
  EXPECT_EQ(part.instrument, Instrument::keys);
  EXPECT_EQ(part.note, "쉬운 코드");
  EXPECT_EQ(part.state, State::offered);
  EXPECT_EQ(part.take, std::nullopt);
  EXPECT_EQ(part.created_at, noon);
  EXPECT_EQ(part.decided_at, std::nullopt);
  EXPECT_FALSE(read([](ReadTx& tx) { return get(tx, PartId{99}); }));
}

TEST_F(Parts, ChangeStateTakeAndText) {
  const auto id = part(song_, ben_);
  const auto its_take = take(id);
  write([&](WriteTx& tx) { return set_state(tx, id, State::declined, later(7)); });
  write([&](WriteTx& tx) { return set_take(tx, id, its_take); });
  write([&](WriteTx& tx) { return update(tx, {.id = id, .instrument = Instrument::bass, .note = "new"}); });
  const auto part = got(id);
  EXPECT_EQ(part.state, State::declined);
  EXPECT_EQ(part.decided_at, later(7));
  EXPECT_EQ(part.take, its_take);
  EXPECT_EQ(part.instrument, Instrument::bass);
  EXPECT_EQ(part.note, "new");
  EXPECT_EQ(refusal([](WriteTx& tx) { return set_take(tx, PartId{99}, TakeId{1}); }), "part.not_found");
}

TEST_F(Parts, OfASongAreListedOldestFirstInEveryState) {
  const auto other = song(ben_);
  const auto a = part(song_, anna_, State::accepted), b = part(song_, ben_, State::withdrawn);
  part(other, ben_);
  const auto parts = read([&](ReadTx& tx) { return of_song(tx, song_); });
  ASSERT_EQ(parts.size(), 2u);
  EXPECT_EQ(parts[0].id, a);
  EXPECT_EQ(parts[1].id, b);
}

TEST_F(Parts, OfAPageOfSongsComeInOneQueryWithTheTakesThatCount) {
  const auto other = song(ben_), third = song(ben_);
  const auto a = joined(song_, anna_, 1), b = joined(other, anna_, 2);
  take(a, 'b');  // a newer take that doesn't count
  part(song_, ben_, State::offered);
  joined(third, ben_, 3);
  const std::vector<SongId> page{song_, other};
  const auto accepted = read([&](ReadTx& tx) { return parts_of_songs(tx, page); });
  ASSERT_EQ(accepted.size(), 2u);
  EXPECT_EQ(accepted[0].id, a);
  EXPECT_EQ(accepted[1].id, b);
  const auto takes = read([&](ReadTx& tx) { return takes_of_songs(tx, page); });
  ASSERT_EQ(takes.size(), 2u);
  EXPECT_EQ(takes[0].id, accepted[0].take);
  EXPECT_EQ(takes[1].id, accepted[1].take);
  EXPECT_THAT(read([](ReadTx& tx) { return takes_of_songs(tx, {}); }), IsEmpty());
  EXPECT_THAT(read([](ReadTx& tx) { return parts_of_songs(tx, {}); }), IsEmpty());
  EXPECT_EQ(read([&](ReadTx& tx) { return parts_of_songs(tx, {song_, other, third}); }).size(), 3u);
}

TEST_F(Parts, LatestJoinedAreOthersPartsThatCanBeHeardLatestFirst) {
  const auto hidden = song(anna_, soundhub::songs::Genre::pop, false);
  joined(song_, anna_, 50);                       // the owner's own
  joined(hidden, ben_, 60);                       // not published
  joined(song_, ben_, 70, TakeState::ingesting);  // not to be heard yet
  part(song_, ben_);                              // only offered
  const auto older = joined(song_, ben_, 10), newer = joined(song_, ben_, 20);
  EXPECT_THAT(latest(10), ElementsAre(newer, older));
  EXPECT_THAT(latest(1), ElementsAre(newer));
  const auto rows = read([](ReadTx& tx) { return latest_joined(tx, 1); });
  EXPECT_EQ(rows[0].song_title, "Riff");
  EXPECT_EQ(rows[0].part.author.nickname, "ben");
}

class Takes : public Parts {
 protected:
  static Facts facts() {
    return {.container = "wav",
            .codec = "pcm_s24le",
            .sample_rate = 96'000,
            .channels = 2,
            .bits = 24,
            .stem_channels = 2,
            .frames = 11'520'000,
            .segments = 2,
            .truncated = true,
            .silent = false,
            .loudness = Loudness{-14.25, 6.5, -0.75}};
  }
  TakeId take_{take(part(song_, ben_))};
};

TEST_F(Takes, BeginUploadedWithNothingKnown) {
  const auto take = got_take(take_);
  EXPECT_EQ(take.state, TakeState::uploaded);
  EXPECT_EQ(take.blob_key, key('a'));
  EXPECT_EQ(take.file_name, "take.wav");
  EXPECT_EQ(take.size_bytes, 1000);
  EXPECT_EQ(take.progress, 0);
  EXPECT_EQ(take.error_key, std::nullopt);
  EXPECT_EQ(take.facts.loudness, std::nullopt);
  EXPECT_EQ(take.preview_key, std::nullopt);
  EXPECT_EQ(take.created_at, noon);
  EXPECT_FALSE(read([](ReadTx& tx) { return parts::take(tx, TakeId{99}); }));
}

TEST_F(Takes, AChangeOfStateStartsTheProgressAnew) {
  write([&](WriteTx& tx) { return set_take_progress(tx, take_, 0.5); });
  EXPECT_EQ(got_take(take_).progress, 0.5);
  write([&](WriteTx& tx) { return set_take_state(tx, take_, TakeState::rejected, "take.undecodable"); });
  EXPECT_EQ(got_take(take_).state, TakeState::rejected);
  EXPECT_EQ(got_take(take_).error_key, "take.undecodable");
  EXPECT_EQ(got_take(take_).progress, 0);
  EXPECT_EQ(refusal([](WriteTx& tx) { return set_take_progress(tx, TakeId{99}, 1); }), "take.not_found");
}

TEST_F(Takes, OfAnAuthorAreAddedUpAcrossSongs) {
  const auto carl = user("carl"), dora = user("dora");
  EXPECT_EQ(read([&](ReadTx& tx) { return bytes_of_author(tx, carl); }), 0);
  for (int i = 0; i < 2; ++i) take(part(song(dora), carl));
  take(part(song(carl), dora));
  EXPECT_EQ(read([&](ReadTx& tx) { return bytes_of_author(tx, carl); }), 2000);
}

TEST_F(Takes, LandWithFactsSegmentsAndPeaks) {
  write([&](WriteTx& tx) {
    return land_take(tx, take_, facts(), {{0, key('1'), 10}, {1, key('2'), 20}}, {{256, key('3'), 30}}, key('4'));
  });
  const auto take = got_take(take_);
  EXPECT_EQ(take.state, TakeState::ready);
  EXPECT_EQ(take.progress, 1);
  EXPECT_EQ(take.preview_key, key('4'));
  EXPECT_EQ(take.facts.container, "wav");
  EXPECT_EQ(take.facts.codec, "pcm_s24le");
  EXPECT_EQ(take.facts.sample_rate, 96'000);
  EXPECT_EQ(take.facts.channels, 2);
  EXPECT_EQ(take.facts.bits, 24);
  EXPECT_EQ(take.facts.stem_channels, 2);
  EXPECT_EQ(take.facts.frames, 11'520'000);
  EXPECT_EQ(take.facts.segments, 2);
  EXPECT_TRUE(take.facts.truncated);
  EXPECT_FALSE(take.facts.silent);
  EXPECT_EQ(take.facts.loudness->integrated_lufs, -14.25);
  EXPECT_EQ(take.facts.loudness->range_lu, 6.5);
  EXPECT_EQ(take.facts.loudness->true_peak_dbtp, -0.75);
  EXPECT_EQ(read([&](ReadTx& tx) { return segment_key(tx, take_, 1); }), key('2'));
  EXPECT_EQ(read([&](ReadTx& tx) { return segment_key(tx, take_, 2); }), std::nullopt);
  EXPECT_EQ(read([&](ReadTx& tx) { return peaks_key(tx, take_, 256); }), key('3'));
  EXPECT_THAT(read([&](ReadTx& tx) { return segment_keys(tx, take_); }), ElementsAre(key('1'), key('2')));
}

TEST_F(Takes, LandingAgainReplacesTheFirst) {
  write([&](WriteTx& tx) {
    return land_take(tx, take_, facts(), {{0, key('1'), 10}, {1, key('2'), 20}}, {{256, key('3'), 30}}, key('4'));
  });
  auto silent = facts();
  silent.loudness = std::nullopt;
  write([&](WriteTx& tx) { return land_take(tx, take_, silent, {{0, key('5'), 10}}, {{512, key('6'), 1}}, key('7')); });
  EXPECT_THAT(read([&](ReadTx& tx) { return segment_keys(tx, take_); }), ElementsAre(key('5')));
  EXPECT_EQ(read([&](ReadTx& tx) { return peaks_key(tx, take_, 256); }), std::nullopt);
  EXPECT_EQ(got_take(take_).facts.loudness, std::nullopt);
}

}  // namespace
}  // namespace soundhub::storage::parts
