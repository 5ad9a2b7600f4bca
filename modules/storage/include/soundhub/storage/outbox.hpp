// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <optional>
#include <vector>

#include "soundhub/domain/events.hpp"
#include "soundhub/storage/database.hpp"

namespace soundhub::storage::outbox {

using soundhub::events::Event;

Result<EventId> append(WriteTx& tx, const Event& event);
Result<std::vector<Event>> after(ReadTx& tx, EventId after, int limit);  ///< in commit order
Result<EventId> last(ReadTx& tx);                                        ///< 0 if there was none yet
Result<int> prune_before(WriteTx& tx, Time created_at, int at_most);

}  // namespace soundhub::storage::outbox
