// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <memory>
#include <string>

#include "soundhub/services/songs.hpp"

namespace soundhub::services {

/// Bytes to be heard or drawn, and their tag: content under one tag never changes.
struct Audible {
  std::unique_ptr<ByteSource> source;
  std::string tag;        ///< the blob's key
  std::string file_name;  ///< what a download is called; may be any UTF-8
};

/// Hands out the bytes of takes and releases to those who may hear them. Thread-safe. not_found "take.not_found",
/// "release.not_found", "take.not_ready".
class Listening {
 public:
  explicit Listening(const Context& context);
  Result<PartView> take(Viewer viewer, TakeId id);
  Result<Audible> preview(Viewer viewer, TakeId id);
  Result<Audible> original(Viewer viewer, TakeId id);  ///< its author, the song's owner
  Result<Audible> segment(Viewer viewer, TakeId id, std::int64_t number);
  Result<Audible> peaks(Viewer viewer, TakeId id, std::int64_t samples_per_pixel);
  Result<Audible> release_file(Viewer viewer, ReleaseId id, const std::string& name);

 private:
  Result<Audible> open(const std::string& key, std::string file_name);
  Context context_;
};

}  // namespace soundhub::services
