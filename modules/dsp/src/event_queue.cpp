// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/dsp/event_queue.hpp"

namespace soundhub::dsp {

bool EventQueue::push(const Event& event) noexcept {
  if (count_ == max_events) return false;
  int place = count_;
  while (place > 0 && events_[place - 1].frame <= event.frame) {
    events_[place] = events_[place - 1];
    --place;
  }
  events_[place] = event;
  ++count_;
  return true;
}

}  // namespace soundhub::dsp
