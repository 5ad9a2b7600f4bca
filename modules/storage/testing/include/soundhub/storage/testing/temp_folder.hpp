// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <filesystem>

namespace soundhub::storage::testing {

/// A folder of its own under the system's temporary one, gone with the object.
class TempFolder {
 public:
  TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  ~TempFolder();
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace soundhub::storage::testing
