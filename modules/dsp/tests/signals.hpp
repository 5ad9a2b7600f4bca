// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include "host.hpp"

namespace soundhub::dsp::test {

struct Named {
  const char* name;
  Stereo pcm;
};

Samples square(std::size_t frames, double hertz, double amplitude = 1);
/// Beats, decaying noise and tones, different in each side: peaks and loudness like those of music.
Stereo music(std::size_t frames, std::uint32_t seed);
/// What limiters and true-peak meters find hard: full scale, rich in what lies between samples. One second each.
std::vector<Named> nasty_signals();

}  // namespace soundhub::dsp::test
