// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "soundhub/services/songs.hpp"

namespace soundhub::services {

/// Whether bytes pass through us, or whoever may hear them is sent to where they lie, if the store has such links.
enum class Delivery : std::uint8_t { proxy, redirect };

/// How the caller would have the bytes: what a link must know before it is signed.
struct Wanted {
  bool by_link{false};  ///< a link will do
  std::string content_type;
  /// Content-Disposition of a file of that name; null: none.
  std::string (*disposition)(const std::string& file_name){nullptr};
};

/// Bytes to be heard or drawn, and their tag: content under one tag never changes.
struct Audible {
  std::unique_ptr<ByteSource> source;  ///< null if there is a link
  std::string tag;                     ///< the blob's key
  std::string file_name;               ///< what a download is called; may be any UTF-8
  std::optional<std::string> link{};   ///< where it may be fetched instead, for minutes, by anyone who has it
};

/// Hands out the bytes of takes and releases to those who may hear them. Thread-safe. not_found "take.not_found",
/// "release.not_found", "take.not_ready".
class Listening {
 public:
  explicit Listening(const Context& context, Delivery delivery = Delivery::proxy);
  Result<PartView> take(Viewer viewer, TakeId id);
  Result<Audible> preview(Viewer viewer, TakeId id, const Wanted& wanted = {});
  Result<Audible> original(Viewer viewer, TakeId id, const Wanted& wanted = {});  ///< its author, the song's owner
  Result<Audible> segment(Viewer viewer, TakeId id, std::int64_t number, const Wanted& wanted = {});
  Result<Audible> peaks(Viewer viewer, TakeId id, std::int64_t samples_per_pixel);
  Result<Audible> release_file(Viewer viewer, ReleaseId id, const std::string& name, const Wanted& wanted = {});

 private:
  Result<Audible> open(const std::string& key, std::string file_name, const Wanted& wanted = {});
  Context context_;
  Delivery delivery_;
};

}  // namespace soundhub::services
