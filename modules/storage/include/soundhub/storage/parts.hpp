// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "soundhub/domain/parts.hpp"
#include "soundhub/domain/takes.hpp"
#include "soundhub/storage/database.hpp"

namespace soundhub::storage::parts {

using soundhub::parts::Part;
using soundhub::takes::Take;

Result<PartId> insert(WriteTx& tx, const Part& part);  ///< `author.id` counts, the nickname doesn't
Result<std::optional<Part>> get(ReadTx& tx, PartId id);
Result<std::vector<Part>> of_song(ReadTx& tx, SongId song);  ///< all states, oldest first, at most 500
/// Note and instrument.
Result<void> update(WriteTx& tx, const Part& part);
Result<void> set_state(WriteTx& tx, PartId id, soundhub::parts::State state, std::optional<Time> decided_at);
Result<void> set_take(WriteTx& tx, PartId id, TakeId take);
/// Accepted parts by people other than the song's owner, on published songs, latest first, with a ready take.
struct Joined {
  Part part;
  std::string song_title;
};
Result<std::vector<Joined>> latest_joined(ReadTx& tx, int limit);

Result<TakeId> insert_take(WriteTx& tx, const Take& take);
Result<std::optional<Take>> take(ReadTx& tx, TakeId id);
/// The takes that count, of all parts of these songs: one query for a page of songs.
Result<std::vector<Take>> takes_of_songs(ReadTx& tx, const std::vector<SongId>& songs);
Result<std::vector<Part>> parts_of_songs(ReadTx& tx, const std::vector<SongId>& songs);  ///< accepted ones
Result<std::int64_t> bytes_of_author(ReadTx& tx, UserId author);  ///< of all their files, as uploaded
/// Progress is set to 0 by a change of state.
Result<void> set_take_state(WriteTx& tx, TakeId id, soundhub::takes::State state, std::optional<std::string> error_key);
Result<void> set_take_progress(WriteTx& tx, TakeId id, double progress);

/// What ingest made; written once, with state ready.
struct Piece {
  std::int64_t number{};  ///< segment number, or samples per pixel
  std::string blob_key;
  std::int64_t size_bytes{};
};
Result<void> land_take(WriteTx& tx, TakeId id, const soundhub::takes::Facts& facts, const std::vector<Piece>& segments,
                       const std::vector<Piece>& peaks, std::string_view preview_key);
Result<std::optional<std::string>> segment_key(ReadTx& tx, TakeId take, std::int64_t number);
Result<std::optional<std::string>> peaks_key(ReadTx& tx, TakeId take, std::int64_t samples_per_pixel);
Result<std::vector<std::string>> segment_keys(ReadTx& tx, TakeId take);  ///< in order

}  // namespace soundhub::storage::parts
