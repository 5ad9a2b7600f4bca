// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/storage/outbox.hpp"

#include "rows.hpp"

namespace soundhub::storage::outbox {
namespace {

Event to_event(const Row& row) {
  return {.id = row.id<EventId>(0),
          .type = row.text(1),
          .song = row.id<SongId>(2),
          .part = row.optional_id<PartId>(3),
          .take = row.optional_id<TakeId>(4),
          .mix = row.optional_id<MixId>(5),
          .release = row.optional_id<ReleaseId>(6),
          .progress = row.optional_real(7),
          .error_key = row.optional_text(8),
          .created_at = row.time(9)};
}

// Ids are given in the order of the commits: whoever has seen one never finds a smaller one later. SQLite has one
// writer; PostgreSQL gives the id at the INSERT, so that from there to the end of the commit no other may append
// (docs/decisions/009-two-databases.md). The notification goes out with the commit.
Result<void> enter_order(WriteTx& tx) {
  if (tx.connection().dialect() == Dialect::sqlite) return {};
  SH_CHECK(query(tx, "SELECT pg_advisory_xact_lock(7307), pg_notify('soundhub_outbox', '')"));
  return {};
}

}  // namespace

Result<EventId> append(WriteTx& tx, const Event& event) {
  SH_CHECK(enter_order(tx));
  return insert_id<EventId>(tx,
                            "INSERT INTO outbox(type, song_id, part_id, take_id, mix_id, release_id, progress,"
                            " error_key, created_at) VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id",
                            {event.type, event.song, event.part, event.take, event.mix, event.release, event.progress,
                             event.error_key, event.created_at});
}

Result<std::vector<Event>> after(ReadTx& tx, EventId after, int limit) {
  SH_TRY(const auto rows, query(tx,
                                "SELECT id, type, song_id, part_id, take_id, mix_id, release_id, progress, error_key,"
                                " created_at FROM outbox WHERE id > $1 ORDER BY id LIMIT $2",
                                {after, limit}));
  return rows.map(to_event);
}

Result<EventId> last(ReadTx& tx) {
  SH_TRY(const auto rows, query(tx, "SELECT id FROM outbox ORDER BY id DESC LIMIT 1"));
  return rows.empty() ? EventId{} : rows.front().id<EventId>(0);
}

// The newest stays whatever its age: last() tells from it how far the ids have come.
Result<int> prune_before(WriteTx& tx, Time created_at, int at_most) {
  return counted(execute(tx,
                         "DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE created_at < $1"
                         " AND id < (SELECT max(id) FROM outbox) ORDER BY created_at LIMIT $2)",
                         {created_at, at_most}));
}

}  // namespace soundhub::storage::outbox
