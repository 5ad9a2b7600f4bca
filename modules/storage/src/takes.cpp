// SPDX-License-Identifier: AGPL-3.0-or-later
#include "rows.hpp"
#include "soundhub/storage/parts.hpp"

namespace soundhub::storage::parts {
namespace {

using soundhub::takes::Facts;
using soundhub::takes::Loudness;

constexpr std::string_view select_take =
    "SELECT t.id, t.part_id, t.blob_key, t.file_name, t.size_bytes, t.state, t.progress, t.error_key, t.container,"
    " t.codec, t.sample_rate, t.channels, t.bits, t.stem_channels, t.frames, t.segments, t.truncated, t.silent,"
    " t.has_loudness, t.integrated_lufs, t.range_lu, t.true_peak_dbtp, t.preview_key, t.created_at FROM takes t";

Facts to_facts(const Row& row) {
  const Loudness loudness{row.real(19), row.real(20), row.real(21)};
  return {.container = row.text(8),
          .codec = row.text(9),
          .sample_rate = row.integer(10),
          .channels = row.integer(11),
          .bits = row.integer(12),
          .stem_channels = row.integer(13),
          .frames = row.integer(14),
          .segments = row.integer(15),
          .truncated = row.boolean(16),
          .silent = row.boolean(17),
          .loudness = row.boolean(18) ? std::optional{loudness} : std::nullopt};
}

Take to_take(const Row& row) {
  return {.id = row.id<TakeId>(0),
          .part = row.id<PartId>(1),
          .blob_key = row.text(2),
          .file_name = row.text(3),
          .size_bytes = row.integer(4),
          .state = soundhub::takes::parse_state(row.text(5)).value(),
          .progress = row.real(6),
          .error_key = row.optional_text(7),
          .facts = to_facts(row),
          .preview_key = row.optional_text(22),
          .created_at = row.time(23)};
}

Result<void> change(WriteTx& tx, std::string_view sql, std::initializer_list<Value> args) {
  return changed(execute(tx, sql, args), "take.not_found");
}

Result<void> land_facts(WriteTx& tx, TakeId id, const Facts& facts, std::string_view preview_key) {
  const auto loudness = facts.loudness.value_or(Loudness{});
  return change(tx,
                "UPDATE takes SET state = 'ready', progress = 1, error_key = NULL, container = $1, codec = $2,"
                " sample_rate = $3, channels = $4, bits = $5, stem_channels = $6, frames = $7, segments = $8,"
                " truncated = $9, silent = $10, has_loudness = $11, integrated_lufs = $12, range_lu = $13,"
                " true_peak_dbtp = $14, preview_key = $15 WHERE id = $16",
                {facts.container, facts.codec, facts.sample_rate, facts.channels, facts.bits, facts.stem_channels,
                 facts.frames, facts.segments, facts.truncated, facts.silent, facts.loudness.has_value(),
                 loudness.integrated_lufs, loudness.range_lu, loudness.true_peak_dbtp, preview_key, id});
}

// An ingest that is done again replaces what the first one left.
Result<void> forget_pieces(WriteTx& tx, TakeId id) {
  SH_CHECK(done(execute(tx, "DELETE FROM take_segments WHERE take_id = $1", {id})));
  return done(execute(tx, "DELETE FROM take_peaks WHERE take_id = $1", {id}));
}

Result<std::optional<std::string>> key_of(Result<Rows> rows) {
  return rows.map([](const Rows& found) { return first(found, [](const Row& row) { return row.text(0); }); });
}

}  // namespace

Result<TakeId> insert_take(WriteTx& tx, const Take& take) {
  return insert_id<TakeId>(
      tx,
      "INSERT INTO takes(part_id, blob_key, file_name, size_bytes, state, created_at)"
      " VALUES($1, $2, $3, $4, $5, $6) RETURNING id",
      {take.part, take.blob_key, take.file_name, take.size_bytes, to_string(take.state), take.created_at});
}

Result<std::optional<Take>> take(ReadTx& tx, TakeId id) {
  SH_TRY(const auto rows, Sql{select_take}.where("t.id = ", id).run(tx));
  return first(rows, to_take);
}

Result<std::vector<Take>> takes_of_songs(ReadTx& tx, const std::vector<SongId>& songs) {
  if (songs.empty()) return std::vector<Take>{};
  Sql sql{select_take};
  sql.add(" JOIN parts p ON p.take_id = t.id").where("p.song_id IN ");
  SH_TRY(const auto rows, add_list(sql, songs).run(tx));
  auto takes = rows.map(to_take);
  std::ranges::sort(takes, {}, &Take::id);
  return takes;
}

Result<std::int64_t> bytes_of_author(ReadTx& tx, UserId author) {
  SH_TRY(const auto rows, query(tx,
                                "SELECT CAST(coalesce(sum(t.size_bytes), 0) AS BIGINT) FROM parts p"
                                " JOIN takes t ON t.part_id = p.id WHERE p.author_id = $1",
                                {author}));
  return rows.front().integer(0);
}

Result<void> set_take_state(WriteTx& tx, TakeId id, soundhub::takes::State state,
                            std::optional<std::string> error_key) {
  return change(tx, "UPDATE takes SET state = $1, error_key = $2, progress = 0 WHERE id = $3",
                {to_string(state), error_key, id});
}

Result<void> set_take_progress(WriteTx& tx, TakeId id, double progress) {
  return change(tx, "UPDATE takes SET progress = $1 WHERE id = $2", {progress, id});
}

Result<void> land_take(WriteTx& tx, TakeId id, const Facts& facts, const std::vector<Piece>& segments,
                       const std::vector<Piece>& peaks, std::string_view preview_key) {
  SH_CHECK(land_facts(tx, id, facts, preview_key));
  SH_CHECK(forget_pieces(tx, id));
  for (const auto& piece : segments)
    SH_CHECK(done(execute(tx, "INSERT INTO take_segments(take_id, number, blob_key, size_bytes) VALUES($1, $2, $3, $4)",
                          {id, piece.number, piece.blob_key, piece.size_bytes})));
  for (const auto& piece : peaks)
    SH_CHECK(done(execute(tx, "INSERT INTO take_peaks(take_id, samples_per_pixel, blob_key) VALUES($1, $2, $3)",
                          {id, piece.number, piece.blob_key})));
  return {};
}

Result<std::optional<std::string>> segment_key(ReadTx& tx, TakeId take, std::int64_t number) {
  return key_of(query(tx, "SELECT blob_key FROM take_segments WHERE take_id = $1 AND number = $2", {take, number}));
}

Result<std::optional<std::string>> peaks_key(ReadTx& tx, TakeId take, std::int64_t samples_per_pixel) {
  return key_of(query(tx, "SELECT blob_key FROM take_peaks WHERE take_id = $1 AND samples_per_pixel = $2",
                      {take, samples_per_pixel}));
}

Result<std::vector<std::string>> segment_keys(ReadTx& tx, TakeId take) {
  SH_TRY(const auto rows, query(tx, "SELECT blob_key FROM take_segments WHERE take_id = $1 ORDER BY number", {take}));
  return rows.map([](const Row& row) { return row.text(0); });
}

}  // namespace soundhub::storage::parts
