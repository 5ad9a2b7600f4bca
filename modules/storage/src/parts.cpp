// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/storage/parts.hpp"

#include "rows.hpp"

namespace soundhub::storage::parts {
namespace {

constexpr std::string_view columns =
    "SELECT p.id, p.song_id, p.author_id, u.nickname, p.seat_id, p.instrument, p.note, p.state, p.take_id,"
    " p.created_at, p.decided_at";
constexpr std::string_view from_parts = " FROM parts p JOIN users u ON u.id = p.author_id";

Part to_part(const Row& row) {
  return {.id = row.id<PartId>(0),
          .song = row.id<SongId>(1),
          .author = {.id = row.id<UserId>(2), .nickname = row.text(3)},
          .seat = row.optional_id<SeatId>(4),
          .instrument = soundhub::songs::parse_instrument(row.text(5)).value(),
          .note = row.text(6),
          .state = soundhub::parts::parse_state(row.text(7)).value(),
          .take = row.optional_id<TakeId>(8),
          .created_at = row.time(9),
          .decided_at = row.optional_time(10)};
}

Sql select_part() {
  return Sql{columns}.add(from_parts);
}

Result<void> change(WriteTx& tx, std::string_view sql, std::initializer_list<Value> args) {
  return changed(execute(tx, sql, args), "part.not_found");
}

}  // namespace

Result<PartId> insert(WriteTx& tx, const Part& part) {
  return insert_id<PartId>(tx,
                           "INSERT INTO parts(song_id, author_id, seat_id, instrument, note, state, take_id,"
                           " created_at, decided_at) VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id",
                           {part.song, part.author.id, part.seat, to_string(part.instrument), part.note,
                            to_string(part.state), part.take, part.created_at, part.decided_at});
}

Result<std::optional<Part>> get(ReadTx& tx, PartId id) {
  SH_TRY(const auto rows, select_part().where("p.id = ", id).run(tx));
  return first(rows, to_part);
}

Result<std::vector<Part>> of_song(ReadTx& tx, SongId song) {
  SH_TRY(const auto rows, select_part().where("p.song_id = ", song).add(" ORDER BY p.id LIMIT 500").run(tx));
  return rows.map(to_part);
}

Result<std::vector<Part>> parts_of_songs(ReadTx& tx, const std::vector<SongId>& songs) {
  if (songs.empty()) return std::vector<Part>{};
  auto sql = select_part().where("p.state = 'accepted'").where("p.song_id IN ");
  SH_TRY(const auto rows, add_list(sql, songs).run(tx));
  auto parts = rows.map(to_part);
  std::ranges::sort(parts, {}, &Part::id);
  return parts;
}

Result<void> update(WriteTx& tx, const Part& part) {
  return change(tx, "UPDATE parts SET note = $1, instrument = $2 WHERE id = $3",
                {part.note, to_string(part.instrument), part.id});
}

Result<void> set_state(WriteTx& tx, PartId id, soundhub::parts::State state, std::optional<Time> decided_at) {
  return change(tx, "UPDATE parts SET state = $1, decided_at = $2 WHERE id = $3", {to_string(state), decided_at, id});
}

Result<void> set_take(WriteTx& tx, PartId id, TakeId take) {
  return change(tx, "UPDATE parts SET take_id = $1 WHERE id = $2", {take, id});
}

Result<std::vector<Joined>> latest_joined(ReadTx& tx, int limit) {
  SH_TRY(const auto rows, Sql{columns}
                              .add(", s.title")
                              .add(from_parts)
                              .add(" JOIN songs s ON s.id = p.song_id JOIN takes t ON t.id = p.take_id")
                              .where("p.state = 'accepted'")
                              .where("p.author_id <> s.owner_id")
                              .where("s.published = 1")
                              .where("s.deleted_at IS NULL")
                              .where("t.state = 'ready'")
                              .add(" ORDER BY p.decided_at DESC, p.id DESC LIMIT ", limit)
                              .run(tx));
  return rows.map([](const Row& row) { return Joined{.part = to_part(row), .song_title = row.text(11)}; });
}

}  // namespace soundhub::storage::parts
