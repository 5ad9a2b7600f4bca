// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include "soundhub/dsp/constants.hpp"
#include "soundhub/dsp/settings.hpp"

namespace soundhub::dsp {

struct Event {
  int64_t frame = 0;
  int channel = 0;
  ChannelSettings settings;
};

/// Stamped changes, earliest first; equal stamps in the order they came.
class EventQueue {
 public:
  void clear() noexcept { count_ = 0; }
  bool push(const Event& event) noexcept;
  bool empty() const noexcept { return count_ == 0; }
  const Event& first() const noexcept { return events_[count_ - 1]; }
  void pop() noexcept { --count_; }

 private:
  Event events_[max_events];  // latest first, so that pop() is cheap
  int count_ = 0;
};

}  // namespace soundhub::dsp
