// SPDX-License-Identifier: AGPL-3.0-or-later
#include "rows.hpp"
#include "soundhub/storage/mixes.hpp"

namespace soundhub::storage::releases {
namespace {

using soundhub::takes::Loudness;

constexpr std::string_view select_release =
    "SELECT r.id, r.song_id, r.mix_id, r.number, r.graph_hash, r.state, r.progress, r.error_key, r.note,"
    " r.engine_version, r.frames, r.has_loudness, r.integrated_lufs, r.range_lu, r.true_peak_dbtp, r.pcm_sha256,"
    " r.created_at, r.published_at FROM releases r";

Rendered to_rendered(const Row& row) {
  const Loudness loudness{row.real(12), row.real(13), row.real(14)};
  return {.engine_version = row.integer(9),
          .frames = row.integer(10),
          .loudness = row.boolean(11) ? std::optional{loudness} : std::nullopt,
          .pcm_sha256 = row.text(15)};
}

Release to_release(const Row& row) {
  return {.id = row.id<ReleaseId>(0),
          .song = row.id<SongId>(1),
          .mix = row.id<MixId>(2),
          .number = row.integer(3),
          .graph_hash = row.text(4),
          .state = soundhub::releases::parse_state(row.text(5)).value(),
          .progress = row.real(6),
          .error_key = row.optional_text(7),
          .note = row.text(8),
          .rendered = to_rendered(row),
          .created_at = row.time(16),
          .published_at = row.optional_time(17)};
}

File to_file(const Row& row) {
  return {.name = row.text(0), .blob_key = row.text(1), .size_bytes = row.integer(2)};
}

CreditRow to_credit_row(const Row& row) {
  return {.release = row.id<ReleaseId>(0),
          .credit = {.part = row.id<PartId>(1),
                     .musician = {.id = row.id<UserId>(2), .nickname = row.text(3)},
                     .instrument = soundhub::songs::parse_instrument(row.text(4)).value()}};
}

Result<void> change(WriteTx& tx, std::string_view sql, std::initializer_list<Value> args) {
  return changed(execute(tx, sql, args), "release.not_found");
}

Result<std::int64_t> next_number(ReadTx& tx, SongId song) {
  SH_TRY(const auto rows,
         query(tx, "SELECT number FROM releases WHERE song_id = $1 ORDER BY number DESC LIMIT 1", {song}));
  return rows.empty() ? 1 : rows.front().integer(0) + 1;
}

Result<void> insert_credit(WriteTx& tx, ReleaseId release, const Credit& credit) {
  return done(execute(tx,
                      "INSERT INTO release_credits(release_id, part_id, user_id, instrument) VALUES($1, $2, $3, $4)",
                      {release, credit.part, credit.musician.id, to_string(credit.instrument)}));
}

Result<void> insert_file(WriteTx& tx, ReleaseId release, const File& file) {
  return done(execute(tx, "INSERT INTO release_files(release_id, name, blob_key, size_bytes) VALUES($1, $2, $3, $4)",
                      {release, file.name, file.blob_key, file.size_bytes}));
}

}  // namespace

Result<Release> insert(WriteTx& tx, Release release, const std::vector<Credit>& credits) {
  SH_TRY(release.number, next_number(tx, release.song));
  SH_TRY(release.id,
         insert_id<ReleaseId>(tx,
                              "INSERT INTO releases(song_id, mix_id, number, graph_hash, state, note, created_at)"
                              " VALUES($1, $2, $3, $4, $5, $6, $7) RETURNING id",
                              {release.song, release.mix, release.number, release.graph_hash, to_string(release.state),
                               release.note, release.created_at}));
  for (const auto& credit : credits) SH_CHECK(insert_credit(tx, release.id, credit));
  return release;
}

Result<std::optional<Release>> get(ReadTx& tx, ReleaseId id) {
  SH_TRY(const auto rows, Sql{select_release}.where("r.id = ", id).run(tx));
  return first(rows, to_release);
}

Result<std::vector<Release>> get(ReadTx& tx, const std::vector<ReleaseId>& ids) {
  if (ids.empty()) return std::vector<Release>{};
  Sql sql{select_release};
  sql.where("r.id IN ");
  SH_TRY(const auto rows, add_list(sql, ids).run(tx));
  auto releases = rows.map(to_release);
  std::ranges::sort(releases, {}, &Release::id);
  return releases;
}

Result<std::vector<Release>> of_song(ReadTx& tx, SongId song, int limit) {
  SH_TRY(const auto rows,
         Sql{select_release}.where("r.song_id = ", song).add(" ORDER BY r.id DESC LIMIT ", limit).run(tx));
  return rows.map(to_release);
}

Result<std::optional<Release>> by_graph(ReadTx& tx, std::string_view graph_hash) {
  SH_TRY(const auto rows, Sql{select_release}
                              .where("r.graph_hash = ", graph_hash)
                              .where("r.state = 'ready'")
                              .add(" ORDER BY r.id LIMIT 1")
                              .run(tx));
  return first(rows, to_release);
}

Result<void> set_progress(WriteTx& tx, ReleaseId id, double progress) {
  return change(tx, "UPDATE releases SET progress = $1 WHERE id = $2", {progress, id});
}

Result<void> set_state(WriteTx& tx, ReleaseId id, soundhub::releases::State state,
                       std::optional<std::string> error_key) {
  return change(tx, "UPDATE releases SET state = $1, error_key = $2, progress = 0 WHERE id = $3",
                {to_string(state), error_key, id});
}

Result<void> land(WriteTx& tx, ReleaseId id, const Rendered& rendered, const std::vector<File>& files, Time at) {
  const auto loudness = rendered.loudness.value_or(Loudness{});
  SH_CHECK(change(tx,
                  "UPDATE releases SET state = 'ready', progress = 1, error_key = NULL, engine_version = $1,"
                  " frames = $2, has_loudness = $3, integrated_lufs = $4, range_lu = $5, true_peak_dbtp = $6,"
                  " pcm_sha256 = $7, published_at = $8 WHERE id = $9",
                  {rendered.engine_version, rendered.frames, rendered.loudness.has_value(), loudness.integrated_lufs,
                   loudness.range_lu, loudness.true_peak_dbtp, rendered.pcm_sha256, at, id}));
  SH_CHECK(done(execute(tx, "DELETE FROM release_files WHERE release_id = $1", {id})));
  for (const auto& one : files) SH_CHECK(insert_file(tx, id, one));
  return {};
}

Result<std::vector<FileRow>> files(ReadTx& tx, const std::vector<ReleaseId>& releases) {
  if (releases.empty()) return std::vector<FileRow>{};
  Sql sql{"SELECT name, blob_key, size_bytes, release_id FROM release_files"};
  sql.where("release_id IN ");
  SH_TRY(const auto rows, add_list(sql, releases).run(tx));
  auto files = rows.map([](const Row& row) { return FileRow{row.id<ReleaseId>(3), to_file(row)}; });
  std::ranges::sort(files, {}, [](const FileRow& row) {
    return std::pair{row.release, std::string_view{row.file.name}};
  });
  return files;
}

Result<std::optional<File>> file(ReadTx& tx, ReleaseId id, std::string_view name) {
  SH_TRY(const auto rows,
         query(tx, "SELECT name, blob_key, size_bytes FROM release_files WHERE release_id = $1 AND name = $2",
               {id, name}));
  return first(rows, to_file);
}

Result<std::vector<CreditRow>> credits(ReadTx& tx, const std::vector<ReleaseId>& releases) {
  if (releases.empty()) return std::vector<CreditRow>{};
  Sql sql{
      "SELECT c.release_id, c.part_id, c.user_id, u.nickname, c.instrument"
      " FROM release_credits c JOIN users u ON u.id = c.user_id"};
  sql.where("c.release_id IN ");
  SH_TRY(const auto rows, add_list(sql, releases).run(tx));
  auto credits = rows.map(to_credit_row);
  std::ranges::sort(credits, {}, [](const CreditRow& row) { return std::pair{row.release, row.credit.part}; });
  return credits;
}

}  // namespace soundhub::storage::releases
