// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "soundhub/blobs/store.hpp"
#include "soundhub/media/worker.hpp"

namespace soundhub::services {

/// A render's stems out of the store. From a store nearby (with descriptors) they are opened as they are asked for;
/// from one far away a few threads fetch what is asked for next: each channel's first segment, then the one after
/// each that was taken. Holds at most one segment (about 1 MB) a channel, besides the one in use.
class StemFetch final : public media::SegmentProvider {
 public:
  static constexpr int threads = 4;
  /// `keys`: of the segments, a channel each. Both outlive it.
  StemFetch(blobs::BlobStore& store, const std::vector<std::vector<std::string>>& keys);
  StemFetch(const StemFetch&) = delete;
  StemFetch& operator=(const StemFetch&) = delete;
  ~StemFetch() override;
  Result<std::unique_ptr<ByteSource>> segment(std::size_t channel, std::int64_t index) override;

 private:
  using Place = std::pair<std::size_t, std::int64_t>;  ///< channel, index
  using Fetched = std::optional<Result<std::string>>;  ///< nullopt: on its way
  Result<std::unique_ptr<ByteSource>> open(Place place);
  Result<std::string> fetch(Place place);
  bool exists(Place place) const;
  void begin();
  void want(Place place);
  void work();

  blobs::BlobStore& store_;
  const std::vector<std::vector<std::string>>& keys_;
  std::optional<bool> far_;  ///< known with the first segment
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<Place, Fetched> wanted_;
  std::deque<Place> line_;
  bool ending_{false};
  std::vector<std::jthread> crew_;
};

}  // namespace soundhub::services
