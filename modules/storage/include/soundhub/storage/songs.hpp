// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <optional>
#include <vector>

#include "soundhub/domain/songs.hpp"
#include "soundhub/storage/database.hpp"

namespace soundhub::storage::songs {

using soundhub::songs::Seat;
using soundhub::songs::Song;

/// Every way to list songs, newest first; fields left unset don't restrict. Deleted songs are never listed;
/// unpublished ones only with `include_unpublished` (which asks for `owner`).
struct Filter {
  std::optional<UserId> owner;
  std::optional<soundhub::songs::Genre> genre;
  std::optional<soundhub::songs::Instrument> open_seat;  ///< with an open seat for this instrument
  bool any_open_seat{};
  bool include_unpublished{};
  std::optional<SongId> before;  ///< keyset page: ids below this one
  int limit{20};
};

Result<SongId> insert(WriteTx& tx, const Song& song);    ///< `owner.id` counts, the nickname doesn't
Result<std::optional<Song>> get(ReadTx& tx, SongId id);  ///< with deleted ones: the caller asks may_see()
Result<std::vector<Song>> list(ReadTx& tx, const Filter& filter);
/// Songs by latest ready release, newest release first; keyset on the release's id.
Result<std::vector<Song>> list_released(ReadTx& tx, std::optional<ReleaseId> before, int limit);
/// Title, genre, tempo, key, licence, text, cover_upload_key.
Result<void> update(WriteTx& tx, const Song& song);
Result<void> set_cover(WriteTx& tx, SongId id, std::string_view upload_key, std::string_view key_640,
                       std::string_view key_160);  ///< only if the song's cover_upload_key is still `upload_key`
Result<void> set_published(WriteTx& tx, SongId id);
Result<void> set_head_mix(WriteTx& tx, SongId id, MixId mix);
Result<void> set_latest_release(WriteTx& tx, SongId id, ReleaseId release);
Result<void> set_deleted(WriteTx& tx, SongId id, Time at);

/// Also keeps songs.open_seats.
Result<SeatId> insert_seat(WriteTx& tx, const Seat& seat);
Result<void> set_seat_state(WriteTx& tx, SeatId id, soundhub::songs::SeatState state);
Result<std::optional<Seat>> seat(ReadTx& tx, SeatId id);
/// Of several songs at once, oldest first.
Result<std::vector<Seat>> open_seats(ReadTx& tx, const std::vector<SongId>& songs);

}  // namespace soundhub::storage::songs
