// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <ebur128.h>

#include <memory>

#include "pcm.hpp"
#include "soundhub/media/worker.hpp"

namespace soundhub::media {

/// Integrated loudness, loudness range and true peak of a stem or a mix (EBU R 128). A mono stem is measured as it is,
/// in one channel.
class LoudnessMeter {
 public:
  explicit LoudnessMeter(std::int32_t channels);
  void push(const PcmBlock& block);
  Loudness result() const;

 private:
  struct FreeState {
    void operator()(ebur128_state* p) const { ebur128_destroy(&p); }
  };
  std::unique_ptr<ebur128_state, FreeState> state_;
  std::int32_t channels_;
};

}  // namespace soundhub::media
