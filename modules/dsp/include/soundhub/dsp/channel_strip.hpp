// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include "soundhub/dsp/ramp.hpp"
#include "soundhub/dsp/settings.hpp"

namespace soundhub::dsp {

/// One channel's fader and pan (two gain ramps) and its meter. Owned and called by Engine.
class ChannelStrip {
 public:
  void reset() noexcept { *this = ChannelStrip(); }
  /// Heads for the gains of `settings` (or for silence), by a glide or at once.
  void aim(const ChannelSettings& settings, int stem_channels, bool audible, bool jump) noexcept;
  /// Scales `left` and `right` in place.
  void process(float* left, float* right, int frames) noexcept;
  bool silent() const noexcept { return left_gain_.silent() && right_gain_.silent(); }
  /// Silence was played: the RMS window goes on.
  void idle(int frames) noexcept;
  ChannelMeter meter() const noexcept;
  void clear_peaks() noexcept { peak_[0] = peak_[1] = 0; }

 private:
  void decay(float left_power, float right_power, int frames) noexcept;

  Ramp left_gain_, right_gain_;
  float peak_[2] = {};
  float power_[2] = {};
};

}  // namespace soundhub::dsp
