// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/dsp/channel_strip.hpp"

#include "math.hpp"
#include "vec.hpp"

namespace soundhub::dsp {
namespace {

constexpr float off_db = -90;
constexpr double power_window_frames = 0.3 * sample_rate;

struct Sides {
  double left, right;
};

Sides pan_law(float pan, int stem_channels) noexcept {
  const double angle = (static_cast<double>(pan) + 1) * (math::pi / 4);
  Sides gains{pan >= 1 ? 0.0 : math::cos(angle), pan <= -1 ? 0.0 : math::sin(angle)};
  if (stem_channels != 2) return gains;
  constexpr double root_two = 1.4142135623730951;
  return {pan > 0 ? gains.left * root_two : 1.0, pan < 0 ? gains.right * root_two : 1.0};
}

void head_for(Ramp& ramp, double gain, bool jump) noexcept {
  const auto target = static_cast<float>(gain);
  jump ? ramp.jump(target) : ramp.glide(target);
}

struct Level {
  float peak, power;
};

/// Scales `samples` by the ramp's next gains; beyond `frames` up to a whole vector they are 0 and stay so.
Level scale(float* samples, Ramp& ramp, int frames) noexcept {
  float gains[quantum] = {};
  ramp.fill(gains, frames);
  F4 peak = splat(0), power = splat(0);
  for (int i = 0; i < frames; i += 4) {
    const F4 y = load(samples + i) * load(gains + i);
    store(samples + i, y);
    peak = larger(peak, absolute(y));
    power = power + y * y;
  }
  return {largest(peak), sum(power)};
}

}  // namespace

void ChannelStrip::aim(const ChannelSettings& settings, int stem_channels, bool audible, bool jump) noexcept {
  const bool off = !audible || settings.gain_db <= off_db;
  const double gain = off ? 0.0 : math::db_to_linear(static_cast<double>(settings.gain_db));
  const Sides sides = pan_law(settings.pan, stem_channels);
  head_for(left_gain_, gain * sides.left, jump);
  head_for(right_gain_, gain * sides.right, jump);
}

void ChannelStrip::process(float* left, float* right, int frames) noexcept {
  const Level l = scale(left, left_gain_, frames), r = scale(right, right_gain_, frames);
  if (l.peak > peak_[0]) peak_[0] = l.peak;
  if (r.peak > peak_[1]) peak_[1] = r.peak;
  decay(l.power, r.power, frames);
}

void ChannelStrip::idle(int frames) noexcept {
  decay(0, 0, frames);
}

void ChannelStrip::decay(float left_power, float right_power, int frames) noexcept {
  const auto count = static_cast<float>(frames);
  const float weight = count * static_cast<float>(1 / power_window_frames);
  power_[0] += (left_power / count - power_[0]) * weight;
  power_[1] += (right_power / count - power_[1]) * weight;
  for (float& power : power_)
    if (power < 1e-18F) power = 0;
}

ChannelMeter ChannelStrip::meter() const noexcept {
  return {peak_[0], peak_[1], __builtin_sqrtf(power_[0]), __builtin_sqrtf(power_[1])};
}

}  // namespace soundhub::dsp
