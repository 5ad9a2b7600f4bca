// SPDX-License-Identifier: AGPL-3.0-or-later
#include "signals.hpp"

#include <cmath>
#include <numbers>
#include <random>

namespace soundhub::dsp::test {
namespace {

constexpr std::size_t second = sample_rate;

template <typename Shape>
Samples shaped(Samples samples, Shape shape) {
  for (std::size_t i = 0; i < samples.size(); ++i) samples[i] *= static_cast<float>(shape(i));
  return samples;
}

Samples plus(Samples a, const Samples& b) {
  for (std::size_t i = 0; i < a.size(); ++i) a[i] += b[i];
  return a;
}

Samples bits(std::uint32_t seed) {
  std::mt19937 random{seed};
  Samples out(second);
  for (float& x : out) x = random() % 2 == 0 ? 1.0F : -1.0F;
  return out;
}

Samples impulses(std::size_t distance, std::size_t width) {
  Samples out(second);
  for (std::size_t i = 0; i < second; ++i)
    if (i % distance < width) out[i] = i / distance % 2 == 0 ? 1.0F : -1.0F;
  return out;
}

Samples sweep(double phase) {
  Samples out(second);
  for (std::size_t i = 0; i < second; ++i) {
    out[i] = static_cast<float>(std::sin(phase));
    phase += 2 * std::numbers::pi * 20 * std::pow(1150.0, static_cast<double>(i) / second) / sample_rate;
  }
  return out;
}

double burst(std::size_t i) {
  return i % 9600 < 400 ? 1 : 0.05;
}
double gate(std::size_t i) {
  return i / 777 % 2 == 0 ? 1 : 0;
}

}  // namespace

Samples square(std::size_t frames, double hertz, double amplitude) {
  Samples out(frames);
  for (std::size_t i = 0; i < frames; ++i)
    out[i] =
        static_cast<float>(std::fmod(static_cast<double>(i) * hertz / sample_rate, 1.0) < 0.5 ? amplitude : -amplitude);
  return out;
}

Stereo music(std::size_t frames, std::uint32_t seed) {
  const auto beat = [](std::size_t period, double fall) {
    return [=](std::size_t i) { return std::exp(-static_cast<double>(i % period) / fall); };
  };
  const Samples drum = shaped(noise(frames, seed, 0.5F), beat(12000, 1500));
  const Samples hat = shaped(sine(frames, 9000.0 + seed, 0.4), beat(6000, 300));
  const Samples tone = plus(sine(frames, 110.0 + seed, 0.3), sine(frames, 164.8, 0.2, 1));
  const auto verse = [](std::size_t i) { return i / 240000 % 2 == 0 ? 0.3 : 1.0; };
  return {shaped(plus(drum, tone), verse), shaped(plus(plus(hat, tone), drum), verse)};
}

std::vector<Named> nasty_signals() {
  constexpr double quarter = sample_rate / 4.0;
  const double eighth_turn = std::numbers::pi / 4;
  return {
      {"square 50", {square(second, 50), square(second, 51)}},
      {"square 440", {square(second, 440), square(second, 443)}},
      {"square 3000", {square(second, 3000), square(second, 3001)}},
      {"square 11000", {square(second, 11000), square(second, 11011)}},
      {"square 19001", {square(second, 19001), square(second, 19191)}},
      {"between samples at fs/4", {sine(second, quarter, 1, eighth_turn), sine(second, quarter - 10, 1)}},
      {"sine near a third", {sine(second, 16001, 1), sine(second, 15999, 1, 1)}},
      {"sine near Nyquist", {sine(second, 22500, 1), sine(second, 19999, 1, 1)}},
      {"white noise", {noise(second, 1), noise(second, 2)}},
      {"random bits", {bits(5), bits(6)}},
      {"bursts", {shaped(noise(second, 3), burst), shaped(noise(second, 4), burst)}},
      {"impulses", {impulses(997, 1), impulses(1001, 2)}},
      {"sweep", {sweep(0), sweep(std::numbers::pi / 2)}},
      {"gated treble", {shaped(sine(second, quarter, 1, eighth_turn), gate), shaped(sine(second, 18000, 1, 1), gate)}},
      {"music", music(second, 7)},
  };
}

}  // namespace soundhub::dsp::test
