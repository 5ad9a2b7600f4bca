// SPDX-License-Identifier: AGPL-3.0-or-later
#include <benchmark/benchmark.h>

#include <cstdint>
#include <memory>
#include <random>
#include <vector>

#include "soundhub/dsp/engine.hpp"

namespace {

using namespace soundhub::dsp;

std::vector<float> noise(std::size_t frames, std::uint32_t seed) {
  std::mt19937 random{seed};
  std::vector<float> out(frames);
  for (float& x : out) x = static_cast<float>(random() >> 8) * (1.0F / 8388608.0F) - 1.0F;
  return out;
}

/// One segment of noise a side, given to every segment that is asked for.
class Song {
 public:
  explicit Song(int channels) : engine_(std::make_unique<Engine>()) {
    engine_->prepare(channels);
    for (int channel = 0; channel < channels; ++channel)
      engine_->set_stem(channel, {.channels = 2, .frames = max_frames});
  }
  Engine& engine() { return *engine_; }
  void fill() {
    for (int channel = 0; channel < engine_->channels(); ++channel)
      for (int slot = 0; slot < 2; ++slot)
        if (const auto segment = engine_->wanted(channel, slot); segment >= 0)
          engine_->give(channel, segment, left_.data(), right_.data(), segment_frames);
  }

 private:
  std::unique_ptr<Engine> engine_;
  std::vector<float> left_ = noise(segment_frames, 1), right_ = noise(segment_frames, 2);
};

/// Stereo channels of loud noise, all gliding now and then, with the limiter working all the time and all meters.
void FullChain(benchmark::State& state) {
  constexpr int frames = 1024;
  const int channels = static_cast<int>(state.range(0));
  Song song(channels);
  float left[frames], right[frames];
  std::int64_t blocks = 0;
  for (auto _ : state) {
    song.fill();
    const int moved = static_cast<int>(blocks % channels);
    song.engine().set_channel(moved, {.gain_db = static_cast<float>(blocks % 7) - 6, .pan = 0.1F});
    song.engine().process(left, right, frames);
    benchmark::DoNotOptimize(left);
    ++blocks;
  }
  const double seconds = frames / static_cast<double>(sample_rate);
  state.counters["realtime"] = benchmark::Counter(seconds, benchmark::Counter::kIsIterationInvariantRate);
  state.counters["realtime_channels"] =
      benchmark::Counter(seconds * channels, benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK(FullChain)->Arg(1)->Arg(8)->Arg(32)->Arg(64);

/// Reported as CPU seconds for four minutes of stereo: what ingest pays.
template <typename Meter>
void Metering(benchmark::State& state) {
  const std::vector<float> left = noise(segment_frames, 1), right = noise(segment_frames, 2);
  Meter meter;
  for (auto _ : state) meter.process(left.data(), right.data(), segment_frames);
  benchmark::DoNotOptimize(&meter);
  const double fraction = static_cast<double>(segment_frames) / sample_rate / 240;
  state.counters["seconds_per_4_minutes"] =
      benchmark::Counter(fraction, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}
BENCHMARK(Metering<TruePeakMeter>);
BENCHMARK(Metering<LoudnessMeter>);

}  // namespace
