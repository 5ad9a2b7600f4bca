// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <filesystem>
#include <memory>

#include "soundhub/blobs/store.hpp"

namespace soundhub::blobs {

/// A store in a folder (made if missing), on one filesystem:
///   objects/ab/ab…   the blobs: up to 256 folders by the key's first byte, the file's name is the whole key
///   tmp/             blobs in the making; those of killed processes are removed here when a day old
/// commit(): fsync of the file, link into objects/ (never over an existing one), fsync of its folder.
/// Sources have a descriptor().
Result<std::unique_ptr<BlobStore>> open_folder(const std::filesystem::path& path);

}  // namespace soundhub::blobs
