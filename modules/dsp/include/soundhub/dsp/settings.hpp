// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <stdint.h>

namespace soundhub::dsp {

/// Gain: 20 log10; -90 dB or less is off (exact silence), at most +12.
///
/// Pan, mono stems: constant power, -3.01 dB at the centre (not compensated, as Pro Tools, Cubase and Studio One do by
/// default): left = cos t, right = sin t, t = (pan + 1) pi/4. So a full-scale mono stem with default settings plays at
/// -3.01 dBFS in each side, and at 0 dBFS in one side when panned hard. Left^2 + right^2 is always 1.
/// Pan, stereo stems: balance with the same curve: unity (bit-exact) in both sides at the centre; away from it the near
/// side stays at unity and the far side falls with sqrt(2) cos t (or sin t) to exact silence.
/// While gliding, the two sides' gains move in straight lines, so the law holds at both ends of the 10 ms.
///
/// Mute wins over solo. If any channel is soloed, those that aren't glide to silence.
struct ChannelSettings {
  float gain_db = 0;  ///< -90 (off) ... +12
  float pan = 0;      ///< -1 left ... 1 right
  bool muted = false;
  bool soloed = false;
};

struct StemInfo {
  int channels = 0;           ///< 1 or 2
  int64_t frames = 0;         ///< Length at 48 kHz.
  int64_t offset_frames = 0;  ///< Song frame of the stem's first frame. Negative: the stem's head isn't heard.
};

struct MasterSettings {
  float gain_db = 0;        ///< -90 (off) ... +12, before the limiter
  bool limiter = true;      ///< Off: the output may pass full scale, and the true peak any ceiling.
  float ceiling_dbtp = -1;  ///< -20 ... 0
};

/// Post fader and pan. Linear, 1 is full scale.
struct ChannelMeter {
  float peak_left = 0, peak_right = 0;  ///< Largest |sample| since clear_peaks().
  float rms_left = 0, rms_right = 0;    ///< Exponential window, time constant 300 ms.
};

/// Of the output, after the limiter.
struct MasterMeter {
  float peak_left = 0, peak_right = 0;  ///< Linear, since clear_peaks().
  float true_peak_dbtp = -120;          ///< Highest since clear_loudness(); -120: none.
  float momentary_lufs = -120;          ///< 400 ms, BS.1770-4; -120: silence.
  float short_term_lufs = -120;         ///< 3 s.
  float integrated_lufs = -120;         ///< Gated, since clear_loudness().
  float gain_reduction_db = 0;          ///< Deepest since clear_peaks(), >= 0.
};

}  // namespace soundhub::dsp
