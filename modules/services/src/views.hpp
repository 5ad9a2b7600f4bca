// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <vector>

#include "soundhub/services/songs.hpp"
#include "soundhub/storage/database.hpp"

// What several use cases read: rows joined into views, and the checks that every song's use begins with.
namespace soundhub::services::views {

/// not_found "song.not_found" unless the viewer may see it.
Result<songs::Song> visible_song(storage::ReadTx& tx, Viewer viewer, SongId id);
/// And forbidden "song.not_yours" unless they may change it.
Result<songs::Song> own_song(storage::ReadTx& tx, UserId editor, SongId id);

PartView part_view(const parts::Part& part, const takes::Take& take, const songs::Song& song, Viewer viewer);
/// A part with its song, for those who may see it; not_found "part.not_found".
struct PartInSong {
  songs::Song song;
  PartView view;
};
Result<PartInSong> visible_part(storage::ReadTx& tx, Viewer viewer, PartId id);
/// not_found "take.not_found".
Result<PartInSong> visible_take(storage::ReadTx& tx, Viewer viewer, TakeId id);
/// All parts of a song that the viewer may see.
Result<std::vector<PartView>> parts_of(storage::ReadTx& tx, const songs::Song& song, Viewer viewer);

Result<std::vector<ReleaseView>> with_files_and_credits(storage::ReadTx& tx, std::vector<releases::Release> releases);
Result<std::vector<SongCard>> cards(storage::ReadTx& tx, std::vector<songs::Song> songs, Viewer viewer);

}  // namespace soundhub::services::views
