// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "soundhub/services/songs.hpp"

namespace soundhub::services {

/// The history of a song's settings. Thread-safe.
class Mixes {
 public:
  explicit Mixes(const Context& context);
  struct NewMix {
    std::optional<MixId> parent;
    std::string name;
    mixes::Settings settings;
  };
  /// A new node on top of the newest. conflict "mix.stale" if `parent` isn't the newest (somebody saved meanwhile),
  /// invalid "mix.part_unknown" if a channel isn't an accepted part of the song with its ready take.
  Result<mixes::Mix> save(UserId owner, SongId song, const NewMix& wanted);
  Result<mixes::Mix> get(Viewer viewer, MixId id);  ///< not_found "mix.not_found"
  struct Page {
    std::vector<mixes::Mix> mixes;
    std::optional<MixId> next;
  };
  Result<Page> list(Viewer viewer, SongId song, std::optional<MixId> after, int limit);

 private:
  Context context_;
};

}  // namespace soundhub::services
