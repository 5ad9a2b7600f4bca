// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <array>
#include <vector>

#include "soundhub/dsp/engine.hpp"
#include "stem_decoder.hpp"
#include "wire.hpp"

namespace soundhub::media {

/// Gives the engine the segments it plays next: asks the parent for each, decodes it and keeps it until the engine is
/// past it. Memory: one segment a channel, two around a boundary, used again and again. A channel that can't be heard
/// isn't asked for.
class StemFeed {
 public:
  StemFeed(const RenderRequest& request, dsp::Engine& engine, Wire& wire);
  /// Before prime() and each process(): what the next `frames` need is there afterwards.
  Result<void> fill(std::int64_t frames);

 private:
  Result<void> fill_slot(std::size_t channel, int slot, std::int64_t frames);
  Result<void> load(std::size_t channel, std::int64_t segment, PlanarPcm& out);
  Result<void> fetch(std::size_t channel, std::int64_t segment);
  PlanarPcm take_spare();
  bool audible(const RenderChannel& channel) const;

  const RenderRequest& request_;
  dsp::Engine& engine_;
  Wire& wire_;
  bool any_soloed_;
  std::vector<std::array<PlanarPcm, 2>> slots_;
  std::vector<PlanarPcm> spare_;  ///< fresh memory costs the system a page fault for every 4 KiB
  StemDecoder decoder_;
  Bytes flac_;
};

}  // namespace soundhub::media
