// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include "soundhub/dsp/constants.hpp"

namespace soundhub::dsp {

/// A gain that glides in a straight line over glide_frames and lands exactly on its target.
class Ramp {
 public:
  explicit Ramp(float value = 0) noexcept : target_(value) {}
  void jump(float value) noexcept {
    target_ = value;
    left_ = 0;
  }
  void glide(float value) noexcept;
  float target() const noexcept { return target_; }
  bool gliding() const noexcept { return left_ > 0; }
  bool silent() const noexcept { return left_ == 0 && target_ == 0; }
  /// The next `frames` gains.
  void fill(float* gains, int frames) noexcept;

 private:
  float current() const noexcept { return target_ - delta_ * (static_cast<float>(left_) * (1.0F / glide_frames)); }

  float target_;
  float delta_ = 0;  // target - where the glide began
  int left_ = 0;     // frames until the target
};

}  // namespace soundhub::dsp
