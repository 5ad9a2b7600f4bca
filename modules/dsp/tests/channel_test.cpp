// SPDX-License-Identifier: AGPL-3.0-or-later
#include <gtest/gtest.h>

#include <cmath>

#include "host.hpp"

namespace soundhub::dsp {
namespace {

using test::Host;
using test::Stereo;

constexpr std::size_t half_second = 24000;
constexpr float below_ceiling = 0.5F;  // the limiter is a bit-exact delay for it

float largest_step(const test::Samples& samples) {
  float step = 0;
  for (std::size_t i = 1; i < samples.size(); ++i) step = std::max(step, std::abs(samples[i] - samples[i - 1]));
  return step;
}

double db(float linear) {
  return 20 * std::log10(static_cast<double>(linear));
}

/// The settled level of a constant stem in each side.
Stereo settled(Stereo stem, const ChannelSettings& settings) {
  Host host(1);
  host.set_stem(0, std::move(stem));
  host.engine().set_channel(0, settings);
  return host.render();
}
Stereo settled_mono(const ChannelSettings& settings) {
  return settled({test::constant(half_second, below_ceiling), {}}, settings);
}
Stereo settled_stereo(const ChannelSettings& settings) {
  return settled({test::constant(half_second, below_ceiling), test::constant(half_second, below_ceiling)}, settings);
}

TEST(Channel, AFullScaleMonoStemWithDefaultsPlaysThreeDecibelsDownInEachSide) {
  const Stereo out = settled({test::constant(half_second, 1), {}}, {});
  EXPECT_NEAR(db(out.left[12000]), -3.0103, 0.0001);
  EXPECT_NEAR(db(out.right[12000]), -3.0103, 0.0001);
}

TEST(Channel, AStereoStemWithDefaultsPassesBitExactly) {
  const Stereo stem{test::noise(half_second, 1, 0.2F), test::noise(half_second, 2, 0.2F)};
  const Stereo out = settled(stem, {});
  EXPECT_EQ(out.left, stem.left);
  EXPECT_EQ(out.right, stem.right);
}

TEST(Channel, MonoPanKeepsThePowerConstantAndEndsInExactSilence) {
  for (const float pan : {-1.0F, -0.7F, -0.25F, 0.0F, 0.5F, 0.9F, 1.0F}) {
    const Stereo out = settled_mono({.pan = pan});
    const double left = out.left[12000], right = out.right[12000];
    EXPECT_NEAR(left * left + right * right, below_ceiling * below_ceiling, 1e-6) << pan;
  }
  EXPECT_EQ(settled_mono({.pan = -1}).right[12000], 0);
  EXPECT_EQ(settled_mono({.pan = 1}).left[12000], 0);
}

TEST(Channel, StereoBalanceKeepsTheNearSideAtUnity) {
  const Stereo out = settled_stereo({.pan = 0.5F});
  EXPECT_EQ(out.right[12000], below_ceiling);
  EXPECT_NEAR(out.left[12000], below_ceiling * std::sqrt(2.0) * std::cos(0.75 * M_PI / 2), 1e-6);
  EXPECT_EQ(settled_stereo({.pan = 1}).left[12000], 0);
}

TEST(Channel, GainIsInDecibelsAndMinusNinetyIsOff) {
  EXPECT_NEAR(db(settled_stereo({.gain_db = 3}).left[12000]), db(below_ceiling) + 3, 0.0001);
  EXPECT_NEAR(db(settled_stereo({.gain_db = -40}).left[12000]), db(below_ceiling) - 40, 0.0001);
  EXPECT_EQ(settled_stereo({.gain_db = -90}).left[12000], 0);
}

TEST(Channel, MuteGlidesToExactSilenceWithoutAStep) {
  Host host(1);
  host.set_stem(0, test::constant(48000, 1));
  host.process(4096);
  host.engine().set_channel(0, {.pan = -1, .muted = true});
  const Stereo out = host.process(4096);
  EXPECT_LT(largest_step(out.left), 1.0F / 400);
  EXPECT_EQ(out.left.back(), 0.0F);
}

TEST(Channel, SoloSilencesTheOthersWithoutAStepAndMuteWins) {
  Host host(3);
  for (int channel = 0; channel < 3; ++channel) host.set_stem(channel, test::constant(96000, 0.1F));
  host.engine().set_channel(0, {.pan = -1});
  host.engine().set_channel(1, {.pan = 1});
  host.process(4096);
  host.engine().set_channel(0, {.pan = -1, .soloed = true});
  host.engine().set_channel(2, {.muted = true, .soloed = true});
  const Stereo out = host.process(4096);
  EXPECT_LT(largest_step(out.right), 0.2F / 400);
  EXPECT_EQ(out.right.back(), 0);
  EXPECT_EQ(out.left.back(), 0.1F);
}

TEST(Channel, UnsoloingTheLastBringsEveryoneBack) {
  Host host(2);
  for (int channel = 0; channel < 2; ++channel) {
    host.set_stem(channel, test::constant(96000, 0.1F));
    host.engine().set_channel(channel, {.pan = -1});
  }
  host.engine().set_channel(0, {.pan = -1, .soloed = true});
  host.process(4096);
  host.engine().set_channel(0, {.pan = -1});
  EXPECT_FLOAT_EQ(host.process(4096).left.back(), 0.2F);
}

TEST(Channel, AStampedChangeStartsAtExactlyThatSongFrame) {
  for (const std::int64_t at : {1, 63, 64, 65, 1000, 5003}) {
    Host host(1);
    host.set_stem(0, {test::constant(half_second, below_ceiling), test::constant(half_second, below_ceiling)});
    host.engine().set_channel(0, {.gain_db = -20}, at);
    const Stereo out = host.render();
    const auto frame = static_cast<std::size_t>(at);
    EXPECT_EQ(out.left[frame - 1], below_ceiling) << at;
    EXPECT_LT(out.left[frame], below_ceiling) << at;
    EXPECT_GT(out.left[frame + glide_frames - 2], below_ceiling * 0.1F) << at;
    EXPECT_FLOAT_EQ(out.left[frame + glide_frames - 1], below_ceiling * 0.1F) << at;
    EXPECT_EQ(out.left[frame + glide_frames - 1], out.left.back()) << at;
  }
}

TEST(Channel, ChangesArriveInTheOrderOfTheirFramesAndThenOfTheirComing) {
  Host host(1);
  host.set_stem(0, {test::constant(half_second, below_ceiling), test::constant(half_second, below_ceiling)});
  host.engine().set_channel(0, {.gain_db = -90}, 9000);
  host.engine().set_channel(0, {.gain_db = -6}, 3000);
  host.engine().set_channel(0, {.gain_db = -20}, 9000);
  const Stereo out = host.render();
  EXPECT_NEAR(db(out.left[8000]), db(below_ceiling) - 6, 0.001);
  EXPECT_NEAR(db(out.left[12000]), db(below_ceiling) - 20, 0.001);
}

TEST(Channel, AFullQueueRefusesAndForgetsNothing) {
  Host host(1);
  host.set_stem(0, {test::constant(half_second, below_ceiling), test::constant(half_second, below_ceiling)});
  for (int i = 0; i < max_events; ++i) ASSERT_TRUE(host.engine().set_channel(0, {.gain_db = -6}, 10 + i));
  EXPECT_FALSE(host.engine().set_channel(0, {}, 9000));
  EXPECT_NEAR(db(host.render().left.back()), db(below_ceiling) - 6, 0.001);
}

TEST(Channel, SettingsThatAreNoNumbersOrOutOfRangeAreMadeHarmless) {
  const Stereo plain = settled_stereo({}), loudest = settled_stereo({.gain_db = 12, .pan = 1});
  EXPECT_EQ(settled_stereo({.gain_db = NAN, .pan = NAN}).left, plain.left);
  EXPECT_EQ(settled_stereo({.gain_db = INFINITY, .pan = 7}).right, loudest.right);
  EXPECT_EQ(settled_stereo({.gain_db = -INFINITY}).right.back(), 0);
}

TEST(Channel, MetersShowPostFaderPeakAndRms) {
  Host host(1);
  host.set_stem(0, {test::sine(192000, 1000, 0.5), test::constant(192000, 0)});
  host.engine().set_channel(0, {.gain_db = -6});
  host.process(192000);
  const ChannelMeter meter = host.engine().channel_meter(0);
  EXPECT_NEAR(db(meter.peak_left), db(0.5F) - 6, 0.01);
  EXPECT_NEAR(db(meter.rms_left), db(0.5F) - 6 - 3.01, 0.05);
  EXPECT_EQ(meter.peak_right, 0);
  EXPECT_EQ(meter.rms_right, 0);
  host.engine().clear_peaks();
  EXPECT_EQ(host.engine().channel_meter(0).peak_left, 0);
}

}  // namespace
}  // namespace soundhub::dsp
