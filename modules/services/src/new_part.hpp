// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include "soundhub/domain/parts.hpp"
#include "soundhub/domain/uploads.hpp"
#include "soundhub/storage/database.hpp"

namespace soundhub::services {

/// Puts a part with its take into the database, uses the upload up and queues its ingest. The part, with ids.
struct AddedPart {
  parts::Part part;
  takes::Take take;
};
Result<AddedPart> add_part(storage::WriteTx& tx, parts::Part part, const uploads::Upload& upload, Time now);

}  // namespace soundhub::services
