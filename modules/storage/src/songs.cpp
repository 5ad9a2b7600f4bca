// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/storage/songs.hpp"

#include "rows.hpp"

namespace soundhub::storage::songs {
namespace {

using soundhub::songs::SeatState;

constexpr std::string_view song_columns =
    "SELECT s.id, s.owner_id, u.nickname, s.title, s.genre, s.tempo_bpm, s.musical_key, s.licence, s.text,"
    " s.cover_upload_key, s.cover_640_key, s.cover_160_key, s.latest_release_id, s.head_mix_id, s.published,"
    " s.created_at, s.deleted_at";
constexpr std::string_view from_songs = " FROM songs s JOIN users u ON u.id = s.owner_id";

Sql select_song() {
  return Sql{song_columns}.add(from_songs);
}

// In the order of the index of wanted seats, each song once: the walk ends after a page, also where the songs with some
// open seat are many and those with this one few. CROSS: SQLite takes the tables in this order.
Sql select_song_with(soundhub::songs::Instrument open_seat) {
  return Sql{song_columns}
      .add(" FROM seats t CROSS JOIN songs s CROSS JOIN users u")
      .where("s.id = t.song_id")
      .where("u.id = s.owner_id")
      .where("t.state = 'open'")
      .where(
          "NOT EXISTS (SELECT 1 FROM seats o WHERE o.state = 'open' AND o.instrument = t.instrument"
          " AND o.song_id = t.song_id AND o.id < t.id)")
      .where("t.instrument = ", to_string(open_seat));
}

Song to_song(const Row& row) {
  return {.id = row.id<SongId>(0),
          .owner = {.id = row.id<UserId>(1), .nickname = row.text(2)},
          .title = row.text(3),
          .genre = soundhub::songs::parse_genre(row.text(4)).value(),
          .tempo_bpm = row.optional_real(5),
          .musical_key = row.optional_text(6),
          .licence = soundhub::songs::parse_licence(row.text(7)).value(),
          .text = row.text(8),
          .cover_upload_key = row.optional_text(9),
          .cover_640_key = row.optional_text(10),
          .cover_160_key = row.optional_text(11),
          .latest_release = row.optional_id<ReleaseId>(12),
          .head_mix = row.optional_id<MixId>(13),
          .published = row.boolean(14),
          .created_at = row.time(15),
          .deleted = !row.is_null(16)};
}

// The songs of one owner, or of a genre that has few, are a shorter walk than the seats for an instrument.
Result<bool> walks_seats(ReadTx& tx, const Filter& filter) {
  if (!filter.open_seat || filter.owner) return false;
  if (!filter.genre) return true;
  SH_TRY(const auto many, query(tx,
                                "SELECT id FROM songs WHERE published = 1 AND deleted_at IS NULL AND genre = $1"
                                " ORDER BY id LIMIT 1 OFFSET 2000",
                                {to_string(*filter.genre)}));
  return !many.empty();
}

constexpr std::string_view select_seat = "SELECT id, song_id, instrument, note, state, created_at FROM seats";

Seat to_seat(const Row& row) {
  return {.id = row.id<SeatId>(0),
          .song = row.id<SongId>(1),
          .instrument = soundhub::songs::parse_instrument(row.text(2)).value(),
          .note = row.text(3),
          .state = soundhub::songs::parse_seat_state(row.text(4)).value(),
          .created_at = row.time(5)};
}

Result<void> recount_open_seats(WriteTx& tx, SeatId changed_seat) {
  return done(execute(tx,
                      "UPDATE songs SET open_seats ="
                      " (SELECT count(*) FROM seats t WHERE t.song_id = songs.id AND t.state = 'open')"
                      " WHERE id = (SELECT song_id FROM seats WHERE id = $1)",
                      {changed_seat}));
}

Result<void> change(WriteTx& tx, std::string_view sql, std::initializer_list<Value> args) {
  return changed(execute(tx, sql, args), "song.not_found");
}

}  // namespace

Result<SongId> insert(WriteTx& tx, const Song& song) {
  return insert_id<SongId>(
      tx,
      "INSERT INTO songs(owner_id, title, genre, tempo_bpm, musical_key, licence, text, cover_upload_key, published,"
      " created_at) VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id",
      {song.owner.id, song.title, to_string(song.genre), song.tempo_bpm, song.musical_key, to_string(song.licence),
       song.text, song.cover_upload_key, song.published, song.created_at});
}

Result<std::optional<Song>> get(ReadTx& tx, SongId id) {
  SH_TRY(const auto rows, select_song().where("s.id = ", id).run(tx));
  return first(rows, to_song);
}

Result<std::vector<Song>> list(ReadTx& tx, const Filter& filter) {
  SH_TRY(const bool by_seats, walks_seats(tx, filter));
  Sql sql = by_seats ? select_song_with(*filter.open_seat) : select_song();
  sql.where("s.deleted_at IS NULL");
  if (!filter.include_unpublished) sql.where("s.published = 1");
  if (filter.any_open_seat || filter.open_seat) sql.where("s.open_seats > 0");
  sql.where(filter.owner, "s.owner_id = ");
  if (filter.genre) sql.where("s.genre = ", to_string(*filter.genre));
  if (filter.open_seat && !by_seats)
    sql.where("EXISTS (SELECT 1 FROM seats t WHERE t.state = 'open' AND t.song_id = s.id AND t.instrument = ",
              to_string(*filter.open_seat))
        .add(")");
  sql.where(filter.before, "s.id < ");
  if (by_seats) sql.where(filter.before, "t.song_id < ");  // PostgreSQL doesn't see that it follows
  sql.add(by_seats ? " ORDER BY t.song_id DESC" : " ORDER BY s.id DESC").add(" LIMIT ", filter.limit);
  SH_TRY(const auto rows, sql.run(tx));
  return rows.map(to_song);
}

Result<std::vector<Song>> list_released(ReadTx& tx, std::optional<ReleaseId> before, int limit) {
  SH_TRY(const auto rows, select_song()
                              .where("s.latest_release_id IS NOT NULL")
                              .where("s.deleted_at IS NULL")
                              .where("s.published = 1")
                              .where(before, "s.latest_release_id < ")
                              .add(" ORDER BY s.latest_release_id DESC LIMIT ", limit)
                              .run(tx));
  return rows.map(to_song);
}

// Renditions of another cover go with it.
Result<void> update(WriteTx& tx, const Song& song) {
  return change(tx,
                "UPDATE songs SET title = $1, genre = $2, tempo_bpm = $3, musical_key = $4, licence = $5, text = $6,"
                " cover_640_key = CASE WHEN cover_upload_key = $7 THEN cover_640_key ELSE NULL END,"
                " cover_160_key = CASE WHEN cover_upload_key = $7 THEN cover_160_key ELSE NULL END,"
                " cover_upload_key = $7 WHERE id = $8",
                {song.title, to_string(song.genre), song.tempo_bpm, song.musical_key, to_string(song.licence),
                 song.text, song.cover_upload_key, song.id});
}

Result<void> set_cover(WriteTx& tx, SongId id, std::string_view upload_key, std::string_view key_640,
                       std::string_view key_160) {
  return done(execute(tx,
                      "UPDATE songs SET cover_640_key = $1, cover_160_key = $2 WHERE id = $3 AND cover_upload_key = $4",
                      {key_640, key_160, id, upload_key}));
}

Result<void> set_published(WriteTx& tx, SongId id) {
  return change(tx, "UPDATE songs SET published = 1 WHERE id = $1", {id});
}

Result<void> set_head_mix(WriteTx& tx, SongId id, MixId mix) {
  return change(tx, "UPDATE songs SET head_mix_id = $1 WHERE id = $2", {mix, id});
}

Result<void> set_latest_release(WriteTx& tx, SongId id, ReleaseId release) {
  return change(tx, "UPDATE songs SET latest_release_id = $1 WHERE id = $2", {release, id});
}

Result<void> set_deleted(WriteTx& tx, SongId id, Time at) {
  return change(tx, "UPDATE songs SET deleted_at = $1 WHERE id = $2", {at, id});
}

Result<SeatId> insert_seat(WriteTx& tx, const Seat& seat) {
  SH_TRY(const auto id,
         insert_id<SeatId>(tx,
                           "INSERT INTO seats(song_id, instrument, note, state, created_at)"
                           " VALUES($1, $2, $3, $4, $5) RETURNING id",
                           {seat.song, to_string(seat.instrument), seat.note, to_string(seat.state), seat.created_at}));
  SH_CHECK(recount_open_seats(tx, id));
  return id;
}

Result<void> set_seat_state(WriteTx& tx, SeatId id, SeatState state) {
  SH_CHECK(changed(execute(tx, "UPDATE seats SET state = $1 WHERE id = $2", {to_string(state), id}), "seat.not_found"));
  return recount_open_seats(tx, id);
}

Result<std::optional<Seat>> seat(ReadTx& tx, SeatId id) {
  SH_TRY(const auto rows, Sql{select_seat}.where("id = ", id).run(tx));
  return first(rows, to_seat);
}

Result<std::vector<Seat>> open_seats(ReadTx& tx, const std::vector<SongId>& songs) {
  if (songs.empty()) return std::vector<Seat>{};
  Sql sql{select_seat};
  sql.where("state = 'open'").where("song_id IN ");
  SH_TRY(const auto rows, add_list(sql, songs).run(tx));
  auto seats = rows.map(to_seat);
  std::ranges::sort(seats, {}, &Seat::id);
  return seats;
}

}  // namespace soundhub::storage::songs
