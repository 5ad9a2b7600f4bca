// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <optional>
#include <string>

#include "soundhub/base/clock.hpp"
#include "soundhub/base/id.hpp"

namespace soundhub::uploads {

/// A file on its way in. All before `offset_bytes` is stored for good.
struct Upload {
  std::string id;  ///< random token
  UserId owner;
  std::string file_name;
  std::int64_t size_bytes{}, offset_bytes{};
  std::optional<std::string> blob_key;  ///< of the whole file, once complete
  Time created_at{}, expires_at{};
  bool complete() const { return blob_key.has_value(); }
};

struct Chunk {
  std::int64_t start_bytes{}, size_bytes{};
  std::string blob_key;
};

}  // namespace soundhub::uploads
