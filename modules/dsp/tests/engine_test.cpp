// SPDX-License-Identifier: AGPL-3.0-or-later
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "host.hpp"

namespace soundhub::dsp {
namespace {

using test::Host;
using test::Samples;
using test::Stereo;

/// Eight stems of every kind, with changes on the way and a drive that makes the limiter work.
void build_song(Host& host) {
  for (int channel = 0; channel < 8; ++channel) {
    const auto seed = static_cast<std::uint32_t>(channel);
    const std::size_t frames = 30000 + 3001 * seed;
    if (channel % 2 == 0)
      host.set_stem(channel, test::noise(frames, seed, 0.4F), 777 * channel);
    else
      host.set_stem(channel, {test::noise(frames, seed, 0.7F), test::sine(frames, 90.0 * channel, 0.8)}, -channel);
    host.engine().set_channel(
        channel, {.gain_db = static_cast<float>(channel) - 4, .pan = 0.2F * static_cast<float>(channel) - 0.8F});
    host.engine().set_channel(channel, {.gain_db = 6, .muted = channel == 3, .soloed = channel == 5},
                              9000 + 501 * channel);
  }
  host.engine().set_master({.gain_db = 6});
}

TEST(Engine, ARenderIsTheSameBitsForEveryBlockSize) {
  Host reference(8);
  build_song(reference);
  const Stereo expected = reference.render(64);
  for (const int block : {128, 192, 1024, 4096}) {
    Host host(8);
    build_song(host);
    const Stereo out = host.render(block);
    EXPECT_EQ(out.left, expected.left) << block;
    EXPECT_EQ(out.right, expected.right) << block;
  }
}

TEST(Engine, ARenderStartsAtFrameZeroAndIsExactlyAsLongAsTheSong) {
  Host host(2);
  host.set_stem(0, {test::noise(1001, 1, 0.3F), test::noise(1001, 2, 0.3F)});
  host.set_stem(1, {test::noise(500, 3, 0.3F), test::noise(500, 4, 0.3F)}, 2345);
  ASSERT_EQ(host.engine().song_frames(), 2845);
  const Stereo out = host.render();
  ASSERT_EQ(out.left.size(), 2845U);
  const Samples first = test::noise(1001, 1, 0.3F), second = test::noise(500, 4, 0.3F);
  EXPECT_TRUE(std::equal(first.begin(), first.end(), out.left.begin()));
  EXPECT_EQ(out.left[1001], 0);
  EXPECT_EQ(out.right[2344], 0);
  EXPECT_TRUE(std::equal(second.begin(), second.end(), out.right.begin() + 2345));
}

TEST(Engine, ANegativeOffsetDropsTheHeadOfAStem) {
  Host host(1);
  const Samples stem = test::noise(9000, 1, 0.3F);
  host.set_stem(0, {stem, stem}, -1234);
  const Stereo out = host.render();
  ASSERT_EQ(out.left.size(), 9000U - 1234U);
  EXPECT_TRUE(std::equal(out.left.begin(), out.left.end(), stem.begin() + 1234));
}

TEST(Engine, TheSumOfManyLoudStemsDoesNotClipInside) {
  Host host(64);
  const Samples loud = test::sine(48000, 220, 1);
  for (int channel = 0; channel < 64; ++channel) {
    host.set_stem(channel, {loud, loud});
    host.engine().set_channel(channel, {.gain_db = 12});
  }
  host.engine().set_master({.gain_db = -52, .limiter = false});
  const Stereo out = host.render();
  const double scale = 64 * std::pow(10, (12 - 52) / 20.0);
  for (std::size_t i = 0; i < out.left.size(); ++i) ASSERT_NEAR(out.left[i], scale * loud[i], 1e-5) << i;
}

TEST(Engine, SamplesThatAreNoNumbersBecomeSilenceAndHarmNothing) {
  Host host(2);
  Samples bad = test::constant(9000, 0.1F);
  bad[1000] = NAN;
  bad[2000] = INFINITY;
  bad[3000] = -std::numeric_limits<float>::max();
  bad[4000] = std::numeric_limits<float>::denorm_min();
  host.set_stem(0, {bad, bad});
  const Stereo out = host.render();
  for (std::size_t i = 0; i < out.left.size(); ++i)
    ASSERT_EQ(out.left[i], i % 1000 == 0 && i >= 1000 && i <= 4000 ? 0 : 0.1F) << i;
}

TEST(Engine, SilenceStaysExactSilenceAfterSound) {
  Host host(1);
  host.set_stem(0, test::noise(9000, 1, 1));
  host.process(9024 + Engine::latency_frames());
  const Stereo out = host.process(96000);
  EXPECT_EQ(out.left, test::constant(96000, 0));
}

TEST(Engine, BadCallsAreRefused) {
  Host host(2);
  Engine& engine = host.engine();
  float left[128] = {}, right[128] = {};
  EXPECT_FALSE(engine.process(left, right, 100));
  EXPECT_FALSE(engine.process(left, right, 0));
  EXPECT_FALSE(engine.process(left, nullptr, 64));
  EXPECT_FALSE(engine.set_channel(2, {}));
  EXPECT_FALSE(engine.set_channel(-1, {}));
  EXPECT_FALSE(engine.set_stem(0, {.channels = 3, .frames = 10}));
  EXPECT_FALSE(engine.set_stem(5, {.channels = 1, .frames = 10}));
  EXPECT_FALSE(engine.set_stem(0, {.channels = 1, .frames = 10, .offset_frames = INT64_MIN}));
  EXPECT_EQ(engine.wanted(7, 0), -1);
  EXPECT_EQ(engine.wanted(0, 2), -1);
  engine.prepare(1000);
  EXPECT_EQ(engine.channels(), max_channels);
}

TEST(Engine, PrepareForgetsEverything) {
  Host host(8), fresh(8);
  build_song(host);
  host.engine().set_loop(0, 9000);
  host.render();
  host.engine().prepare(8);
  build_song(host);
  build_song(fresh);
  EXPECT_EQ(host.render().left, fresh.render().left);
}

}  // namespace
}  // namespace soundhub::dsp
