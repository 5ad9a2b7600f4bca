// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <vector>

#include "soundhub/dsp/engine.hpp"
#include "stem_decoder.hpp"
#include "stem_fetcher.hpp"

namespace soundhub::media {

/// Gives the engine, which plays a song once from its start, the segments it plays next: decodes each when it is due
/// and keeps it until the engine is past it. Memory: one segment a channel, two around a boundary, used again and
/// again, and what the fetcher has ahead. A channel that can't be heard isn't asked for: the engine doesn't read it.
class StemFeed {
 public:
  StemFeed(const RenderRequest& request, dsp::Engine& engine, Wire& wire);
  /// Before prime() and each process(): what the next `frames` need is there afterwards.
  Result<void> fill(std::int64_t frames);

 private:
  struct Held {
    std::int64_t end{};  ///< of the segment, in the song
    PlanarPcm pcm;
  };
  void let_go_of_past();
  Result<void> give(const StemSegment& segment);
  PlanarPcm take_spare();

  const RenderRequest& request_;
  dsp::Engine& engine_;
  std::vector<StemSegment> plan_;  ///< in the order in which they are due
  std::size_t next_{};             ///< in plan_
  StemFetcher fetcher_;
  Bytes flac_;
  StemDecoder decoder_;
  std::vector<Held> held_;
  std::vector<PlanarPcm> spare_;  ///< fresh memory costs the system a page fault for every 4 KiB
};

}  // namespace soundhub::media
