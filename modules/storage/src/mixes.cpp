// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/storage/mixes.hpp"

#include "rows.hpp"

namespace soundhub::storage::mixes {
namespace {

using soundhub::mixes::Channel;

constexpr std::string_view select_mix =
    "SELECT m.id, m.song_id, m.parent_id, m.author_id, u.nickname, m.name, m.master_gain_db, m.limiter,"
    " m.ceiling_dbtp, m.created_at FROM mixes m JOIN users u ON u.id = m.author_id";

Mix to_mix(const Row& row) {
  return {.id = row.id<MixId>(0),
          .song = row.id<SongId>(1),
          .parent = row.optional_id<MixId>(2),
          .author = {.id = row.id<UserId>(3), .nickname = row.text(4)},
          .name = row.text(5),
          .settings = {.channels = {},
                       .master = {.gain_db = row.real(6), .limiter = row.boolean(7), .ceiling_dbtp = row.real(8)}},
          .created_at = row.time(9)};
}

Channel to_channel(const Row& row) {
  return {.part = row.id<PartId>(0),
          .take = row.id<TakeId>(1),
          .gain_db = row.real(2),
          .pan = row.real(3),
          .muted = row.boolean(4),
          .soloed = row.boolean(5),
          .offset_frames = row.integer(6)};
}

Result<void> read_channels(ReadTx& tx, Mix& mix) {
  SH_TRY(const auto rows, query(tx,
                                "SELECT part_id, take_id, gain_db, pan, muted, soloed, offset_frames FROM mix_channels"
                                " WHERE mix_id = $1 ORDER BY position",
                                {mix.id}));
  mix.settings.channels = rows.map(to_channel);
  return {};
}

Result<void> insert_channel(WriteTx& tx, MixId mix, int position, const Channel& c) {
  return done(execute(tx,
                      "INSERT INTO mix_channels(mix_id, position, part_id, take_id, gain_db, pan, muted, soloed,"
                      " offset_frames) VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                      {mix, position, c.part, c.take, c.gain_db, c.pan, c.muted, c.soloed, c.offset_frames}));
}

}  // namespace

Result<MixId> insert(WriteTx& tx, const Mix& mix) {
  const auto& master = mix.settings.master;
  SH_TRY(const auto id,
         insert_id<MixId>(tx,
                          "INSERT INTO mixes(song_id, parent_id, author_id, name, master_gain_db, limiter,"
                          " ceiling_dbtp, created_at) VALUES($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id",
                          {mix.song, mix.parent, mix.author.id, mix.name, master.gain_db, master.limiter,
                           master.ceiling_dbtp, mix.created_at}));
  int position = 0;
  for (const auto& channel : mix.settings.channels) SH_CHECK(insert_channel(tx, id, position++, channel));
  return id;
}

Result<std::optional<Mix>> get(ReadTx& tx, MixId id) {
  SH_TRY(const auto rows, Sql{select_mix}.where("m.id = ", id).run(tx));
  auto mix = first(rows, to_mix);
  if (mix) SH_CHECK(read_channels(tx, *mix));
  return mix;
}

Result<std::vector<Mix>> of_song(ReadTx& tx, SongId song, std::optional<MixId> before, int limit) {
  SH_TRY(const auto rows, Sql{select_mix}
                              .where("m.song_id = ", song)
                              .where(before, "m.id < ")
                              .add(" ORDER BY m.id DESC LIMIT ", limit)
                              .run(tx));
  auto mixes = rows.map(to_mix);
  for (auto& mix : mixes) SH_CHECK(read_channels(tx, mix));
  return mixes;
}

}  // namespace soundhub::storage::mixes
