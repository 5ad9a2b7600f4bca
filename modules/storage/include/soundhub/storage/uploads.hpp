// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "soundhub/domain/uploads.hpp"
#include "soundhub/storage/database.hpp"

namespace soundhub::storage::uploads {

using soundhub::uploads::Chunk;
using soundhub::uploads::Upload;

Result<void> insert(WriteTx& tx, const Upload& upload);
Result<std::optional<Upload>> get(ReadTx& tx, std::string_view id);
/// Adds a chunk that starts exactly at the upload's offset and moves the offset behind it; conflict
/// "upload.offset_wrong" if it doesn't start there (somebody else was faster).
Result<void> append_chunk(WriteTx& tx, std::string_view id, const Chunk& chunk);
Result<std::vector<Chunk>> chunks(ReadTx& tx, std::string_view id);  ///< in order
/// Names the whole and forgets the chunks.
Result<void> complete(WriteTx& tx, std::string_view id, std::string_view blob_key);
Result<void> remove(WriteTx& tx, std::string_view id);
/// Bytes and number of a user's uploads that aren't gone yet.
struct Held {
  std::int64_t count{}, bytes{};
};
Result<Held> held(ReadTx& tx, UserId owner);
Result<int> remove_expired(WriteTx& tx, Time now, int at_most);

}  // namespace soundhub::storage::uploads
