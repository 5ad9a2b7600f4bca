// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/services/events.hpp"

#include "soundhub/storage/event_signal.hpp"
#include "soundhub/storage/outbox.hpp"
#include "soundhub/storage/songs.hpp"

namespace soundhub::services {

Events::Events(const Context& context) : context_{context}, signal_{context.db.event_signal()} {}
Events::~Events() = default;

void Events::wait(std::chrono::milliseconds at_most) {
  signal_->wait(at_most);
}
void Events::rest() {
  signal_->rest();
}
void Events::interrupt() noexcept {
  signal_->interrupt();
}

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
