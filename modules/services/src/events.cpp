// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/services/events.hpp"

#include "soundhub/storage/outbox.hpp"
#include "soundhub/storage/songs.hpp"

namespace soundhub::services {

Events::Events(const Context& context) : context_{context} {}

Result<EventId> Events::last() {
  return context_.db.read([](storage::ReadTx& tx) { return storage::outbox::last(tx); });
}

Result<std::vector<events::Event>> Events::after(EventId id, int limit) {
  return context_.db.read([&](storage::ReadTx& tx) { return storage::outbox::after(tx, id, limit); });
}

Result<bool> Events::may_follow(Viewer viewer, SongId id) {
  return context_.db.read([&](storage::ReadTx& tx) -> Result<bool> {
    SH_TRY(const auto song, storage::songs::get(tx, id));
    return song && songs::may_see(*song, viewer);
  });
}

}  // namespace soundhub::services
