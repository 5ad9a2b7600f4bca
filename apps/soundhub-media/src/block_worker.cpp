// SPDX-License-Identifier: AGPL-3.0-or-later
#include "block_worker.hpp"

#include <new>

namespace soundhub::media {
namespace {

constexpr std::size_t most_blocks_waiting = 32;
constexpr std::chrono::milliseconds between_ticks{200};

}  // namespace

BlockWorker::BlockWorker(Use use) : use_{std::move(use)}, queue_{most_blocks_waiting}, thread_{[this] { work(); }} {}

BlockWorker::~BlockWorker() {
  queue_.close();
}

void BlockWorker::work() {
  try {
    while (const auto block = queue_.pop()) {
      result_ = use_(block->view());
      if (!result_) break;
    }
  } catch (const std::bad_alloc&) {
    result_ = fail(Errc::unavailable, "media.limit", "memory");
  }
  queue_.close();
}

Result<void> BlockWorker::push(const PcmBlock& block, const Tick& tick) {
  OwnedBlock owned{block};
  while (!queue_.push(owned, between_ticks)) {
    if (queue_.closed()) return finish();
    SH_CHECK(tick());
  }
  return {};
}

Result<void> BlockWorker::finish() {
  queue_.close();
  if (thread_.joinable()) thread_.join();
  return result_;
}

}  // namespace soundhub::media
