// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <string_view>

#include "soundhub/blobs/store.hpp"

namespace soundhub::blobs {

/// One thing that a store did. The views live as long as the call.
struct Operation {
  std::string_view name;     ///< of a store: "begin" "write" "commit" "open" "read" "stat" "list" "remove" "link"
  std::string_view outcome;  ///< "ok", else the error's key
  std::chrono::microseconds took{};
};
/// Called on the thread that did it, perhaps on many at once; must not block.
using Observe = std::function<void(const Operation&)>;

/// The same store, and `observe` hears of all it does. For counters and latencies.
std::unique_ptr<BlobStore> observed(std::unique_ptr<BlobStore> store, Observe observe);

}  // namespace soundhub::blobs
