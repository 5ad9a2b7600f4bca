// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <string>
#include <vector>

#include "soundhub/services/songs.hpp"

namespace soundhub::services {

/// Publishing mixes. Thread-safe. not_found "release.not_found".
class Releases {
 public:
  Releases(const Context& context, int engine_version);
  /// Queues the render, or shares the files of one that exists: the same graph, takes and engine make the same PCM.
  /// conflict "release.nothing_audible", "release.rendering" while the song's last one isn't done.
  Result<ReleaseView> release(UserId owner, SongId song, MixId mix, const std::string& note);
  Result<ReleaseView> get(Viewer viewer, ReleaseId id);
  Result<std::vector<ReleaseView>> list(Viewer viewer, SongId song);  ///< newest first

 private:
  Context context_;
  int engine_version_;
};

}  // namespace soundhub::services
