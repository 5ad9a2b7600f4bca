// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <stdint.h>

#include "soundhub/dsp/constants.hpp"

namespace soundhub::dsp {

/// Look-ahead true-peak limiter, stereo-linked. Owned and called by Engine.
class Limiter {
 public:
  static constexpr int latency_frames = 512;
};

}  // namespace soundhub::dsp
