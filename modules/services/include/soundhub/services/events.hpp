// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <vector>

#include "soundhub/services/songs.hpp"

namespace soundhub::services {

/// Reads what happened. Thread-safe.
class Events {
 public:
  explicit Events(const Context& context);
  Result<EventId> last();
  Result<std::vector<events::Event>> after(EventId id, int limit);
  /// Whether the viewer may hear of this song; false for songs that aren't there.
  Result<bool> may_follow(Viewer viewer, SongId song);

 private:
  Context context_;
};

}  // namespace soundhub::services
