// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "soundhub/dsp/engine.hpp"

namespace soundhub::dsp::test {

using Samples = std::vector<float>;

struct Stereo {
  Samples left, right;
};

/// What a host of the engine does: keeps the stems, and copies segments into slots when the engine asks. A slot that
/// the engine may not read any more is filled with a loud value, so that reading it shows.
class Host {
 public:
  explicit Host(int channels);

  Engine& engine() { return *engine_; }
  void set_stem(int channel, Stereo pcm, std::int64_t offset_frames = 0);
  void set_stem(int channel, Samples mono, std::int64_t offset_frames = 0);
  /// Gives all that is wanted.
  void fill();
  /// Begins to load what is wanted and doesn't get to the end of it.
  void spoil();
  /// fill() and process() in blocks, with operator new forbidden while the engine works.
  Stereo process(std::int64_t frames, int block = 512);
  /// The same without fill().
  Stereo process_unfilled(std::int64_t frames);
  /// A whole song as the renderer does it: primed, and cut to song_frames().
  Stereo render(int block = 512);

 private:
  struct Stem {
    Stereo pcm;
    std::array<Stereo, 2> slots;
  };
  void fill(int channel, int slot, std::int64_t segment);

  std::unique_ptr<Engine> engine_;
  std::vector<Stem> stems_;
};

Samples constant(std::size_t frames, float value);
Samples sine(std::size_t frames, double hertz, double amplitude, double phase = 0);
/// Uniform in -amplitude ... amplitude.
Samples noise(std::size_t frames, std::uint32_t seed, float amplitude = 1);

/// While one lives, operator new ends the test program.
class NoAllocation {
 public:
  NoAllocation();
  ~NoAllocation();
  NoAllocation(const NoAllocation&) = delete;
  NoAllocation& operator=(const NoAllocation&) = delete;
};

}  // namespace soundhub::dsp::test
