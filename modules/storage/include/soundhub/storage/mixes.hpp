// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "soundhub/domain/mixes.hpp"
#include "soundhub/domain/releases.hpp"
#include "soundhub/storage/database.hpp"

namespace soundhub::storage::mixes {

using soundhub::mixes::Mix;

Result<MixId> insert(WriteTx& tx, const Mix& mix);  ///< with its channels
Result<std::optional<Mix>> get(ReadTx& tx, MixId id);
/// Newest first; keyset on the id.
Result<std::vector<Mix>> of_song(ReadTx& tx, SongId song, std::optional<MixId> before, int limit);

}  // namespace soundhub::storage::mixes

namespace soundhub::storage::releases {

using soundhub::releases::Credit;
using soundhub::releases::File;
using soundhub::releases::Release;
using soundhub::releases::Rendered;

/// `number` is set here: the song's next.
Result<Release> insert(WriteTx& tx, Release release, const std::vector<Credit>& credits);
Result<std::optional<Release>> get(ReadTx& tx, ReleaseId id);
Result<std::vector<Release>> get(ReadTx& tx, const std::vector<ReleaseId>& ids);  ///< those there are, by id
Result<std::vector<Release>> of_song(ReadTx& tx, SongId song, int limit);         ///< newest first
/// A ready release of any song with this graph: its files can be shared.
Result<std::optional<Release>> by_graph(ReadTx& tx, std::string_view graph_hash);
Result<void> set_progress(WriteTx& tx, ReleaseId id, double progress);
Result<void> set_state(WriteTx& tx, ReleaseId id, soundhub::releases::State state,
                       std::optional<std::string> error_key);
Result<void> land(WriteTx& tx, ReleaseId id, const Rendered& rendered, const std::vector<File>& files, Time at);
/// For several releases at once, by name.
struct FileRow {
  ReleaseId release;
  File file;
};
Result<std::vector<FileRow>> files(ReadTx& tx, const std::vector<ReleaseId>& releases);
Result<std::optional<File>> file(ReadTx& tx, ReleaseId id, std::string_view name);
/// For several releases at once.
struct CreditRow {
  ReleaseId release;
  Credit credit;
};
Result<std::vector<CreditRow>> credits(ReadTx& tx, const std::vector<ReleaseId>& releases);

}  // namespace soundhub::storage::releases
