// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <chrono>
#include <memory>
#include <vector>

#include "soundhub/services/songs.hpp"

namespace soundhub::storage {
class EventSignal;
}

namespace soundhub::services {

/// Reads what happened, and tells when to look. Thread-safe; wait() and rest() belong to one thread.
class Events {
 public:
  explicit Events(const Context& context);
  ~Events();
  Result<EventId> last();
  Result<std::vector<events::Event>> after(EventId id, int limit);
  /// Whether the viewer may hear of this song; false for songs that aren't there.
  Result<bool> may_follow(Viewer viewer, SongId song);

  /// Returns soon after something happened in any process, after `at_most`, or for no reason: read after it, from where
  /// you stopped, and nothing is missed.
  void wait(std::chrono::milliseconds at_most);
  void rest();                ///< nobody listens until the next wait()
  void interrupt() noexcept;  ///< from any thread: the wait() that runs, or else the next one, returns

 private:
  Context context_;
  std::unique_ptr<storage::EventSignal> signal_;
};

}  // namespace soundhub::services
