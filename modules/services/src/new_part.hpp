// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include "soundhub/domain/parts.hpp"
#include "soundhub/domain/uploads.hpp"
#include "soundhub/storage/database.hpp"

namespace soundhub::services {

/// Takes the upload away for the transaction's purpose; its blob's key. not_found "upload.not_found" if somebody used
/// it since it was looked at: one upload is one take or one cover.
Result<std::string> use_upload(storage::WriteTx& tx, const uploads::Upload& upload);

/// Puts a part with its take into the database, uses the upload up and queues its ingest. The part, with ids.
struct AddedPart {
  parts::Part part;
  takes::Take take;
};
Result<AddedPart> add_part(storage::WriteTx& tx, parts::Part part, const uploads::Upload& upload, Time now);

}  // namespace soundhub::services
