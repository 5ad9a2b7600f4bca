// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <chrono>
#include <functional>
#include <thread>
#include <vector>

#include "bounded_queue.hpp"
#include "pcm.hpp"
#include "soundhub/base/error.hpp"

namespace soundhub::media {

/// A block that outlives the Quantizer's views.
struct OwnedBlock {
  std::vector<std::int32_t> samples;
  std::vector<float> floats;
  std::int32_t channels{};

  explicit OwnedBlock(const PcmBlock& block)
      : samples(block.samples.begin(), block.samples.end()),
        floats(block.floats.begin(), block.floats.end()),
        channels{block.channels} {}
  PcmBlock view() const { return {.samples = samples, .floats = floats, .channels = channels}; }
};

/// Runs `use` for every block, in order, on a thread of its own.
class BlockWorker {
 public:
  using Use = std::function<Result<void>(const PcmBlock&)>;
  using Tick = std::function<Result<void>()>;

  explicit BlockWorker(Use use);
  ~BlockWorker();
  BlockWorker(const BlockWorker&) = delete;
  BlockWorker& operator=(const BlockWorker&) = delete;

  /// Waits when the thread is behind, calling `tick` a few times a second. An error of `use` comes back here or from
  /// finish(), once.
  Result<void> push(const PcmBlock& block, const Tick& tick);
  /// Waits until every block is used.
  Result<void> finish();

 private:
  void work();

  Use use_;
  BoundedQueue<OwnedBlock> queue_;
  Result<void> result_;  ///< the thread's; read after it has ended
  std::jthread thread_;
};

}  // namespace soundhub::media
