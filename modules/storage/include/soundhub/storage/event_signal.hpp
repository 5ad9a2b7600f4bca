// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <chrono>

namespace soundhub::storage {

/// Tells one thread when to look into the outbox. It is a hint: whoever reads after each wait(), from where they
/// stopped, misses nothing, whatever happens to the signal.
class EventSignal {
 public:
  EventSignal() = default;
  EventSignal(const EventSignal&) = delete;
  EventSignal& operator=(const EventSignal&) = delete;
  virtual ~EventSignal() = default;

  /// Returns soon after events were committed by any process, after `at_most`, after interrupt(), or for no reason.
  /// The first one after a rest() or a broken connection may return at once: something may have come meanwhile.
  virtual void wait(std::chrono::milliseconds at_most) = 0;
  /// Nobody cares until the next wait().
  virtual void rest() = 0;
  /// From any thread: the wait() that runs, or else the next one, returns.
  virtual void interrupt() noexcept = 0;
};

}  // namespace soundhub::storage
