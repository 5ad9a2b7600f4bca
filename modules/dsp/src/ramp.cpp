// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/dsp/ramp.hpp"

namespace soundhub::dsp {

void Ramp::glide(float value) noexcept {
  if (value == target_) return;
  delta_ = value - current();
  target_ = value;
  left_ = glide_frames;
}

void Ramp::fill(float* gains, int frames) noexcept {
  int i = 0;
  for (; i < frames && left_ > 0; ++i) {
    --left_;
    gains[i] = current();
  }
  for (; i < frames; ++i) gains[i] = target_;
}

}  // namespace soundhub::dsp
