// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <cstdint>
#include <thread>
#include <vector>

#include "bounded_queue.hpp"
#include "wire.hpp"

namespace soundhub::media {

/// A segment of a channel's stem, and where in the song it starts (frames; negative when it is heard from its middle).
struct StemSegment {
  std::uint32_t channel{};
  std::uint32_t index{};
  std::int64_t start{};
};

/// Asks the parent for the segments of a plan, one after the other, on a thread of its own and some ahead of who uses
/// them: the parent may have to get them from far away. Nobody else receives from the wire meanwhile.
class StemFetcher {
 public:
  StemFetcher(std::vector<StemSegment> plan, Wire& wire);
  /// Waits for the segment that is being sent: the parent always sends all of it.
  ~StemFetcher();
  StemFetcher(const StemFetcher&) = delete;
  StemFetcher& operator=(const StemFetcher&) = delete;

  /// The next segment of the plan as it was stored; waits for it. What `out` held before is used again.
  Result<void> next(Bytes& out);

 private:
  static bool hand(Bytes bytes, BoundedQueue<Bytes>& to);
  void work();
  Result<void> fetch(const StemSegment& segment, Bytes& out);

  std::vector<StemSegment> plan_;
  Wire& wire_;
  BoundedQueue<Bytes> empty_;  ///< used again: fresh memory costs the system a page fault for every 4 KiB
  BoundedQueue<Bytes> fetched_;
  Result<void> result_;  ///< the thread's; read after fetched_ is closed
  std::jthread thread_;  ///< last: it uses all of the above
};

}  // namespace soundhub::media
