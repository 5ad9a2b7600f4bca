// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/services/mixes.hpp"

#include <map>

#include "queue.hpp"
#include "soundhub/storage/mixes.hpp"
#include "soundhub/storage/parts.hpp"
#include "soundhub/storage/songs.hpp"
#include "views.hpp"

namespace soundhub::services {
namespace {

namespace rows = storage::mixes;

// A mix holds accepted parts of its own song, each with the take that counts and can be played.
Result<void> check_channels(storage::ReadTx& tx, const songs::Song& song, const mixes::Settings& settings) {
  SH_TRY(const auto views, views::parts_of(tx, song, song.owner.id));
  std::map<PartId, const PartView*> by_id;
  for (const auto& view : views) by_id[view.part.id] = &view;
  for (const auto& channel : settings.channels) {
    const auto found = by_id.find(channel.part);
    const bool usable = found != by_id.end() && found->second->part.state == parts::State::accepted &&
                        found->second->take.id == channel.take && found->second->take.state == takes::State::ready;
    if (!usable) return fail(Errc::invalid, "mix.part_unknown");
  }
  return {};
}

}  // namespace

Mixes::Mixes(const Context& context) : context_{context} {}

Result<mixes::Mix> Mixes::save(UserId owner, SongId song_id, const NewMix& wanted) {
  const auto now = context_.clock.now();
  SH_CHECK(mixes::valid_settings(wanted.settings));
  SH_TRY(const auto name, mixes::valid_name(wanted.name));
  return context_.db.write([&](storage::WriteTx& tx) -> Result<mixes::Mix> {
    SH_TRY(const auto song, views::own_song(tx, owner, song_id));
    if (song.head_mix != wanted.parent) return fail(Errc::conflict, "mix.stale");
    SH_CHECK(check_channels(tx, song, wanted.settings));
    const mixes::Mix mix{.id = {},
                         .song = song_id,
                         .parent = wanted.parent,
                         .author = song.owner,
                         .name = name,
                         .settings = wanted.settings,
                         .created_at = now};
    SH_TRY(const auto id, rows::insert(tx, mix));
    SH_CHECK(storage::songs::set_head_mix(tx, song_id, id));
    SH_CHECK(queue::tell(tx, {.type = "mix.saved", .song = song_id, .mix = id, .created_at = now}));
    SH_TRY(auto saved, rows::get(tx, id));
    if (!saved) return fail(Errc::internal, "internal", "saved mix is missing");
    return *std::move(saved);
  });
}

Result<mixes::Mix> Mixes::get(Viewer viewer, MixId id) {
  return context_.db.read([&](storage::ReadTx& tx) -> Result<mixes::Mix> {
    SH_TRY(auto mix, rows::get(tx, id));
    if (!mix || !views::visible_song(tx, viewer, mix->song)) return fail(Errc::not_found, "mix.not_found");
    return *std::move(mix);
  });
}

Result<Mixes::Page> Mixes::list(Viewer viewer, SongId song, std::optional<MixId> after, int limit) {
  return context_.db.read([&](storage::ReadTx& tx) -> Result<Page> {
    SH_CHECK(views::visible_song(tx, viewer, song));
    Page page;
    SH_TRY(page.mixes, rows::of_song(tx, song, after, limit));
    if (static_cast<int>(page.mixes.size()) == limit && limit > 0) page.next = page.mixes.back().id;
    return page;
  });
}

}  // namespace soundhub::services
