// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <optional>
#include <string>

#include "soundhub/base/clock.hpp"
#include "soundhub/base/id.hpp"

namespace soundhub::events {

/// Something that happened to a song; written in the same transaction as what it tells of.
struct Event {
  EventId id;
  std::string type;  ///< "take.ready", "part.offered" …
  SongId song;
  std::optional<PartId> part;
  std::optional<TakeId> take;
  std::optional<MixId> mix;
  std::optional<ReleaseId> release;
  std::optional<double> progress;  ///< 0 to 1
  std::optional<std::string> error_key;
  Time created_at{};
};

}  // namespace soundhub::events
