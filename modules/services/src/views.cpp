// SPDX-License-Identifier: AGPL-3.0-or-later
#include "views.hpp"

#include <map>

#include "soundhub/storage/mixes.hpp"
#include "soundhub/storage/parts.hpp"
#include "soundhub/storage/songs.hpp"

namespace soundhub::services::views {
namespace {

std::vector<SongId> ids_of(const std::vector<songs::Song>& list) {
  std::vector<SongId> ids;
  for (const auto& song : list) ids.push_back(song.id);
  return ids;
}

// Every part has its take from the transaction that made it on; one without is a bug, not a part to show.
Result<takes::Take> take_of(storage::ReadTx& tx, const parts::Part& part) {
  if (!part.take) return fail(Errc::internal, "internal", "part without take");
  SH_TRY(auto take, storage::parts::take(tx, *part.take));
  if (!take) return fail(Errc::internal, "internal", "take is missing");
  return *std::move(take);
}

Result<std::map<TakeId, takes::Take>> takes_by_id(storage::ReadTx& tx, const std::vector<SongId>& songs) {
  SH_TRY(auto list, storage::parts::takes_of_songs(tx, songs));
  std::map<TakeId, takes::Take> by_id;
  for (auto& take : list) by_id.emplace(take.id, std::move(take));
  return by_id;
}

}  // namespace

Result<songs::Song> visible_song(storage::ReadTx& tx, Viewer viewer, SongId id) {
  SH_TRY(auto song, storage::songs::get(tx, id));
  if (!song || !songs::may_see(*song, viewer)) return fail(Errc::not_found, "song.not_found");
  return *std::move(song);
}

Result<songs::Song> own_song(storage::ReadTx& tx, UserId editor, SongId id) {
  SH_TRY(auto song, visible_song(tx, editor, id));
  if (!songs::may_edit(song, editor)) return fail(Errc::forbidden, "song.not_yours");
  return song;
}

PartView part_view(const parts::Part& part, const takes::Take& take, const songs::Song& song, Viewer viewer) {
  return {.part = part,
          .take = take,
          .may_edit = parts::may_edit(part, viewer),
          .may_decide = parts::may_decide(part, song, viewer),
          .may_withdraw = parts::may_withdraw(part, viewer)};
}

Result<PartInSong> visible_part(storage::ReadTx& tx, Viewer viewer, PartId id) {
  SH_TRY(const auto part, storage::parts::get(tx, id));
  if (!part) return fail(Errc::not_found, "part.not_found");
  SH_TRY(const auto song, storage::songs::get(tx, part->song));
  if (!song || !parts::may_see(*part, *song, viewer)) return fail(Errc::not_found, "part.not_found");
  SH_TRY(const auto take, take_of(tx, *part));
  return PartInSong{*song, part_view(*part, take, *song, viewer)};
}

Result<PartInSong> visible_take(storage::ReadTx& tx, Viewer viewer, TakeId id) {
  SH_TRY(const auto take, storage::parts::take(tx, id));
  if (!take) return fail(Errc::not_found, "take.not_found");
  auto found = visible_part(tx, viewer, take->part);
  if (!found) return fail(Errc::not_found, "take.not_found");
  if (!parts::may_hear(found->view.part, *take, found->song, viewer)) return fail(Errc::not_found, "take.not_found");
  found->view.take = *take;
  return found;
}

Result<std::vector<PartView>> parts_of(storage::ReadTx& tx, const songs::Song& song, Viewer viewer) {
  SH_TRY(const auto parts, storage::parts::of_song(tx, song.id));
  SH_TRY(const auto takes, takes_by_id(tx, {song.id}));
  std::vector<PartView> views;
  for (const auto& part : parts) {
    if (!part.take || !takes.contains(*part.take)) continue;
    const auto& take = takes.at(*part.take);
    if (parts::may_see(part, song, viewer) && parts::may_hear(part, take, song, viewer))
      views.push_back(part_view(part, take, song, viewer));
  }
  return views;
}

Result<std::vector<ReleaseView>> with_files_and_credits(storage::ReadTx& tx, std::vector<releases::Release> releases) {
  std::vector<ReleaseId> ids;
  for (const auto& release : releases) ids.push_back(release.id);
  SH_TRY(const auto credits, storage::releases::credits(tx, ids));
  SH_TRY(const auto files, storage::releases::files(tx, ids));
  std::vector<ReleaseView> views;
  for (auto& release : releases) {
    ReleaseView view{std::move(release), {}, {}};
    for (const auto& row : files)
      if (row.release == view.release.id) view.files.push_back(row.file);
    for (const auto& row : credits)
      if (row.release == view.release.id) view.credits.push_back(row.credit);
    views.push_back(std::move(view));
  }
  return views;
}

namespace {

Result<std::vector<ReleaseView>> latest_releases(storage::ReadTx& tx, const std::vector<songs::Song>& list) {
  std::vector<ReleaseId> ids;
  for (const auto& song : list)
    if (song.latest_release) ids.push_back(*song.latest_release);
  SH_TRY(auto releases, storage::releases::get(tx, ids));
  return with_files_and_credits(tx, std::move(releases));
}

}  // namespace

Result<std::vector<SongCard>> cards(storage::ReadTx& tx, std::vector<songs::Song> list, Viewer viewer) {
  const auto ids = ids_of(list);
  SH_TRY(const auto parts, storage::parts::parts_of_songs(tx, ids));
  SH_TRY(const auto takes, takes_by_id(tx, ids));
  SH_TRY(const auto seats, storage::songs::open_seats(tx, ids));
  SH_TRY(auto releases, latest_releases(tx, list));
  std::vector<SongCard> out;
  for (auto& song : list) {
    SongCard card;
    for (const auto& seat : seats)
      if (seat.song == song.id) card.seats.push_back(seat);
    for (const auto& part : parts)
      if (part.song == song.id && part.take && takes.contains(*part.take) &&
          parts::may_hear(part, takes.at(*part.take), song, viewer))
        card.lanes.push_back(part_view(part, takes.at(*part.take), song, viewer));
    for (auto& view : releases)
      if (view.release.id == song.latest_release) card.release = std::move(view);
    card.song = std::move(song);
    out.push_back(std::move(card));
  }
  return out;
}

}  // namespace soundhub::services::views
