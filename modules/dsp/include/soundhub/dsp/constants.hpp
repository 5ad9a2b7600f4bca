// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <stdint.h>

namespace soundhub::dsp {

inline constexpr int engine_version = 1;  ///< Grows whenever the same calls would give other PCM.
inline constexpr int sample_rate = 48000;
inline constexpr int quantum = 64;  ///< process() works in whole quanta.
inline constexpr int max_channels = 64;
inline constexpr int segment_frames = 240000;            ///< A stem segment: 5 s.
inline constexpr int glide_frames = 480;                 ///< Gain, pan, mute and solo changes take 10 ms.
inline constexpr int crossfade_frames = 128;             ///< At seeks, loop wraps, stop and start.
inline constexpr int min_loop_frames = 4800;             ///< 100 ms.
inline constexpr int ready_frames = 8192;                ///< How far ahead ready() looks.
inline constexpr int max_events = 256;                   ///< Stamped changes that may wait at once.
inline constexpr int64_t max_frames = int64_t{1} << 40;  ///< Bound of every song and stem frame (265 days).
inline constexpr int64_t now = INT64_MIN;                ///< Stamp: at the next frame processed.

}  // namespace soundhub::dsp
