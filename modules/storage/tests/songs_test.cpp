// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/storage/songs.hpp"

#include "fixture.hpp"
#include "sql.hpp"

namespace soundhub::storage::songs {
namespace {

using soundhub::songs::Genre;
using soundhub::songs::Instrument;
using soundhub::songs::Licence;
using soundhub::songs::SeatState;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Songs : public RepositoryTest {
 protected:
  std::vector<SongId> ids(const std::vector<Song>& songs) {
    std::vector<SongId> out;
    for (const auto& song : songs) out.push_back(song.id);
    return out;
  }
  std::vector<SongId> listed(const Filter& filter) {
    return ids(read([&](ReadTx& tx) { return list(tx, filter); }));
  }
  Song got(SongId id) {
    return read([&](ReadTx& tx) { return get(tx, id); }).value();
  }
  SeatId add_seat(SongId of, Instrument instrument) {
    return write([&](WriteTx& tx) {
             return insert_seat(tx, {.song = of,
                                     .instrument = instrument,
                                     .note = "brushes",
                                     .state = SeatState::open,
                                     .created_at = noon});
           })
        .value();
  }
  UserId anna_{user("anna")}, ben_{user("ben")};
};

TEST_F(Songs, AreReadBackAsTheyWereWritten) {
  const auto id = write([&](WriteTx& tx) {
    return insert(tx, {.owner = {.id = anna_, .nickname = {}},
                       .title = "밤의 노래",
                       .genre = Genre::jazz,
                       .tempo_bpm = 92.5,
                       .musical_key = "F#m",
                       .licence = Licence::cc_by_sa,
                       .text = "two\nlines",
                       .cover_upload_key = key('c'),
                       .created_at = noon});
  });
  const auto song = got(*id);
  EXPECT_EQ(song.owner.id, anna_);
  EXPECT_EQ(song.owner.nickname, "anna");
  EXPECT_EQ(song.title, "밤의 노래");
  EXPECT_EQ(song.genre, Genre::jazz);
  EXPECT_EQ(song.tempo_bpm, 92.5);
  EXPECT_EQ(song.musical_key, "F#m");
  EXPECT_EQ(song.licence, Licence::cc_by_sa);
  EXPECT_EQ(song.text, "two\nlines");
  EXPECT_EQ(song.cover_upload_key, key('c'));
  EXPECT_EQ(song.cover_640_key, std::nullopt);
  EXPECT_EQ(song.latest_release, std::nullopt);
  EXPECT_EQ(song.head_mix, std::nullopt);
  EXPECT_FALSE(song.published);
  EXPECT_FALSE(song.deleted);
  EXPECT_EQ(song.created_at, noon);
  EXPECT_FALSE(read([](ReadTx& tx) { return get(tx, SongId{99}); }));
}

TEST_F(Songs, AreListedNewestFirstInPages) {
  const auto a = song(anna_), b = song(ben_), c = song(anna_);
  EXPECT_THAT(listed({}), ElementsAre(c, b, a));
  EXPECT_THAT(listed({.limit = 2}), ElementsAre(c, b));
  EXPECT_THAT(listed({.before = b, .limit = 2}), ElementsAre(a));
}

TEST_F(Songs, FiltersNarrowTogether) {
  const auto a = song(anna_, Genre::rock), b = song(ben_, Genre::rock), c = song(anna_, Genre::jazz);
  EXPECT_THAT(listed({.owner = anna_}), ElementsAre(c, a));
  EXPECT_THAT(listed({.genre = Genre::rock}), ElementsAre(b, a));
  EXPECT_THAT(listed({.owner = ben_, .genre = Genre::rock}), ElementsAre(b));
  EXPECT_THAT(listed({.owner = ben_, .genre = Genre::jazz}), IsEmpty());
  EXPECT_THAT(listed({.owner = anna_, .before = c}), ElementsAre(a));
  EXPECT_THAT(listed({.genre = Genre::rock, .before = b}), ElementsAre(a));
}

TEST_F(Songs, UnpublishedOnesAreListedOnlyWhenAskedForAndDeletedOnesNever) {
  const auto shown = song(anna_), hidden = song(anna_, Genre::pop, false), gone = song(anna_);
  write([&](WriteTx& tx) { return set_deleted(tx, gone, noon); });
  EXPECT_THAT(listed({.owner = anna_}), ElementsAre(shown));
  EXPECT_THAT(listed({.owner = anna_, .include_unpublished = true}), ElementsAre(hidden, shown));
  EXPECT_TRUE(got(gone).deleted);
  write([&](WriteTx& tx) { return set_published(tx, hidden); });
  EXPECT_THAT(listed({.owner = anna_}), ElementsAre(hidden, shown));
}

TEST_F(Songs, AreFoundByTheirOpenSeats) {
  const auto a = song(anna_), b = song(ben_), c = song(ben_, Genre::rock);
  const auto drums = add_seat(a, Instrument::drums);
  add_seat(b, Instrument::bass);
  add_seat(c, Instrument::drums);
  EXPECT_THAT(listed({.any_open_seat = true}), ElementsAre(c, b, a));
  EXPECT_THAT(listed({.open_seat = Instrument::drums}), ElementsAre(c, a));
  EXPECT_THAT(listed({.open_seat = Instrument::drums, .before = c}), ElementsAre(a));
  EXPECT_THAT(listed({.genre = Genre::rock, .any_open_seat = true}), ElementsAre(c));
  EXPECT_THAT(listed({.genre = Genre::rock, .open_seat = Instrument::drums}), ElementsAre(c));
  write([&](WriteTx& tx) { return set_seat_state(tx, drums, SeatState::filled); });
  EXPECT_THAT(listed({.open_seat = Instrument::drums}), ElementsAre(c));
  EXPECT_THAT(listed({.any_open_seat = true}), ElementsAre(c, b));
}

TEST_F(Songs, SeatsAreReadBackAndOpenOnesListedOldestFirst) {
  const auto a = song(anna_);
  const auto drums = add_seat(a, Instrument::drums), bass = add_seat(a, Instrument::bass);
  const auto seats = read([&](ReadTx& tx) { return open_seats(tx, {a}); });
  ASSERT_EQ(seats.size(), 2u);
  EXPECT_EQ(seats[0].id, drums);
  EXPECT_EQ(seats[1].id, bass);
  write([&](WriteTx& tx) { return set_seat_state(tx, drums, SeatState::closed); });
  const auto closed = read([&](ReadTx& tx) { return seat(tx, drums); });
  EXPECT_EQ(closed->state, SeatState::closed);
  EXPECT_EQ(closed->song, a);
  EXPECT_EQ(closed->instrument, Instrument::drums);
  EXPECT_EQ(closed->note, "brushes");
  EXPECT_EQ(read([&](ReadTx& tx) { return open_seats(tx, {a}); }).size(), 1u);
  EXPECT_EQ(refusal([](WriteTx& tx) { return set_seat_state(tx, SeatId{99}, SeatState::open); }), "seat.not_found");
}

TEST_F(Songs, OpenSeatsAreFoundForManyAtOnce) {
  const auto a = song(anna_), b = song(ben_), c = song(ben_);
  const auto drums = add_seat(b, Instrument::drums), bass = add_seat(a, Instrument::bass);
  add_seat(c, Instrument::keys);
  const auto seats = read([&](ReadTx& tx) { return open_seats(tx, {a, b}); });
  ASSERT_EQ(seats.size(), 2u);
  EXPECT_EQ(seats[0].id, drums);
  EXPECT_EQ(seats[0].song, b);
  EXPECT_EQ(seats[1].id, bass);
  EXPECT_THAT(read([](ReadTx& tx) { return open_seats(tx, {}); }), IsEmpty());
}

TEST_F(Songs, ASongWithTwoSeatsForAnInstrumentIsListedOnceAndHiddenOnesNever) {
  const auto a = song(anna_), b = song(ben_), hidden = song(anna_, Genre::pop, false), gone = song(ben_);
  for (const auto id : {a, b, hidden, gone}) add_seat(id, Instrument::drums);
  const auto second = add_seat(a, Instrument::drums);
  write([&](WriteTx& tx) { return set_deleted(tx, gone, noon); });
  const Filter wanted{.open_seat = Instrument::drums};
  EXPECT_THAT(listed(wanted), ElementsAre(b, a));
  EXPECT_THAT(listed({.open_seat = Instrument::drums, .any_open_seat = true, .limit = 1}), ElementsAre(b));
  EXPECT_THAT(listed({.owner = anna_, .open_seat = Instrument::drums, .include_unpublished = true}),
              ElementsAre(hidden, a));
  write([&](WriteTx& tx) { return set_seat_state(tx, second, SeatState::closed); });
  EXPECT_THAT(listed(wanted), ElementsAre(b, a)) << "the other seat is open still";
}

TEST_F(Songs, OfAGenreWithManySongsAreFoundByTheirOpenSeatsToo) {
  const auto rock = song(anna_, Genre::rock), a = song(anna_), b = song(ben_);
  for (const auto id : {rock, a, b}) add_seat(id, Instrument::winds);
  write([&](WriteTx& tx) -> Result<void> {
    for (int i = 0; i < 2000; ++i)
      SH_CHECK(insert(tx, {.owner = {.id = anna_, .nickname = {}}, .title = "one of many", .published = true}));
    return {};
  });
  const Filter wanted{.genre = Genre::pop, .open_seat = Instrument::winds};
  EXPECT_THAT(listed(wanted), ElementsAre(b, a));
  EXPECT_THAT(listed({.genre = Genre::pop, .open_seat = Instrument::winds, .before = b}), ElementsAre(a));
  EXPECT_THAT(listed({.genre = Genre::rock, .open_seat = Instrument::winds}), ElementsAre(rock));
}

TEST_F(Songs, OfOneOwnerAreNotLookedForInTheListOfAllSongs) {
  const auto plan = write([](WriteTx& tx) -> Result<std::string> {
                      SH_CHECK(tx.connection().script(
                          "INSERT INTO users(id, email, nickname, nickname_folded, password_hash, created_at)"
                          " WITH RECURSIVE n(i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 149)"
                          " SELECT i, CAST(i AS TEXT), CAST(i AS TEXT), CAST(i AS TEXT), '', 0 FROM n;"
                          "INSERT INTO songs(owner_id, title, genre, licence, text, published, created_at)"
                          " WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)"
                          " SELECT 100 + i * 7919 % 50, 'one of many', 'pop', 'cc0-1.0', '', 1, 0 FROM n;"
                          "ANALYZE songs"));
                      const bool sqlite = tx.connection().dialect() == Dialect::sqlite;
                      SH_TRY(const auto steps,
                             tx.connection().query(std::string{sqlite ? "EXPLAIN QUERY PLAN " : "EXPLAIN "} +
                                                       "SELECT s.title, u.nickname FROM songs s"
                                                       " JOIN users u ON u.id = s.owner_id WHERE s.deleted_at IS NULL"
                                                       " AND s.published = 1 AND s.owner_id = 107"
                                                       " ORDER BY s.id DESC LIMIT 20",
                                                   {}));
                      std::string all;
                      for (const auto& step : steps.map([&](const Row& row) { return row.text(sqlite ? 3 : 0); }))
                        all += step + '\n';
                      return all;
                    }).value();
  EXPECT_THAT(plan, ::testing::HasSubstr("songs_owner"));
}

TEST_F(Songs, AnUpdateChangesWhatTheOwnerWritesAndNothingElse) {
  const auto id = song(anna_);
  auto changed = got(id);
  changed.title = "New";
  changed.genre = Genre::folk;
  changed.tempo_bpm = 120;
  changed.musical_key = "C";
  changed.licence = Licence::cc0;
  changed.text = "words";
  changed.cover_upload_key = key('c');
  changed.published = false;
  write([&](WriteTx& tx) { return update(tx, changed); });
  const auto song = got(id);
  EXPECT_EQ(song.title, "New");
  EXPECT_EQ(song.genre, Genre::folk);
  EXPECT_EQ(song.tempo_bpm, 120);
  EXPECT_EQ(song.musical_key, "C");
  EXPECT_EQ(song.licence, Licence::cc0);
  EXPECT_EQ(song.text, "words");
  EXPECT_EQ(song.cover_upload_key, key('c'));
  EXPECT_TRUE(song.published);
}

TEST_F(Songs, ACoverThatWasReplacedMeanwhileIsNotSet) {
  const auto id = song(anna_);
  auto changed = got(id);
  changed.cover_upload_key = key('c');
  write([&](WriteTx& tx) { return update(tx, changed); });
  write([&](WriteTx& tx) { return set_cover(tx, id, key('d'), key('1'), key('2')); });
  EXPECT_EQ(got(id).cover_640_key, std::nullopt);
  write([&](WriteTx& tx) { return set_cover(tx, id, key('c'), key('1'), key('2')); });
  EXPECT_EQ(got(id).cover_640_key, key('1'));
  EXPECT_EQ(got(id).cover_160_key, key('2'));
}

TEST_F(Songs, RenditionsStayWithTheirCoverAndGoWithIt) {
  const auto id = song(anna_);
  auto changed = got(id);
  changed.cover_upload_key = key('c');
  write([&](WriteTx& tx) { return update(tx, changed); });
  write([&](WriteTx& tx) { return set_cover(tx, id, key('c'), key('1'), key('2')); });
  write([&](WriteTx& tx) { return update(tx, changed); });
  EXPECT_EQ(got(id).cover_640_key, key('1'));
  changed.cover_upload_key = std::nullopt;
  write([&](WriteTx& tx) { return update(tx, changed); });
  EXPECT_EQ(got(id).cover_640_key, std::nullopt);
  EXPECT_EQ(got(id).cover_160_key, std::nullopt);
}

TEST_F(Songs, ReleasedOnesAreListedByTheirNewestRelease) {
  const auto a = song(anna_), b = song(ben_), c = song(anna_);
  write([&](WriteTx& tx) { return set_latest_release(tx, b, ReleaseId{5}); });
  write([&](WriteTx& tx) { return set_latest_release(tx, a, ReleaseId{9}); });
  write([&](WriteTx& tx) { return set_head_mix(tx, c, MixId{3}); });
  const auto released = [&](std::optional<ReleaseId> before, int limit) {
    return ids(read([&](ReadTx& tx) { return list_released(tx, before, limit); }));
  };
  EXPECT_THAT(released({}, 10), ElementsAre(a, b));
  EXPECT_THAT(released({}, 1), ElementsAre(a));
  EXPECT_THAT(released(ReleaseId{9}, 10), ElementsAre(b));
  EXPECT_EQ(got(a).latest_release, ReleaseId{9});
  EXPECT_EQ(got(c).head_mix, MixId{3});
}

TEST_F(Songs, AChangeOfASongThatIsNotThereIsNotFound) {
  EXPECT_EQ(refusal([](WriteTx& tx) { return set_published(tx, SongId{99}); }), "song.not_found");
  EXPECT_EQ(refusal([](WriteTx& tx) { return update(tx, {.id = SongId{99}}); }), "song.not_found");
}

}  // namespace
}  // namespace soundhub::storage::songs
