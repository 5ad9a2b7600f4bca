// SPDX-License-Identifier: AGPL-3.0-or-later
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "host.hpp"

namespace soundhub::dsp {
namespace {

using test::Host;
using test::Samples;
using test::Stereo;

constexpr int latency = Engine::latency_frames();

float largest_step(const Samples& samples) {
  float step = 0;
  for (std::size_t i = 1; i < samples.size(); ++i) step = std::max(step, std::abs(samples[i] - samples[i - 1]));
  return step;
}

/// A ramp of exact steps: every frame names its place in the song. Below the ceiling.
Samples places(std::size_t frames) {
  Samples out(frames);
  for (std::size_t i = 0; i < frames; ++i) out[i] = static_cast<float>(i) * 0x1p-20F;
  return out;
}

TEST(Transport, ASeekPlaysFromExactlyThatFrameAfterItsFade) {
  Host host(1);
  const Samples stem = places(600000);
  host.set_stem(0, {stem, stem});
  host.process(1024);
  host.engine().seek(300007);
  EXPECT_EQ(host.engine().position(), 300007);
  const Stereo out = host.process(2048);
  for (std::size_t i = crossfade_frames; i < 2048 - latency; ++i)
    ASSERT_EQ(out.left[latency + i], stem[300007 + i]) << i;
}

TEST(Transport, SeeksInQuickSuccessionDoNotClick) {
  Host host(1);
  host.set_stem(0, {test::constant(600000, 0.5F), test::constant(600000, -0.5F)});
  host.process(4096);
  Samples heard;
  for (const std::int64_t to : {700000, 1000, 500000, 3000, 9000000, 20}) {
    host.engine().seek(to);
    const Stereo out = host.process(64);
    heard.insert(heard.end(), out.left.begin(), out.left.end());
  }
  const Stereo rest = host.process(2048);
  heard.insert(heard.end(), rest.left.begin(), rest.left.end());
  EXPECT_LT(largest_step(heard), 2.0F / crossfade_frames);
  EXPECT_EQ(heard.back(), 0.5F);
}

TEST(Transport, ALoopWrapsToTheFrame) {
  Host host(1);
  const Samples stem = places(20000);
  host.set_stem(0, {stem, stem});
  ASSERT_TRUE(host.engine().set_loop(3001, 8004));
  const Stereo out = host.process(20032 + latency);
  constexpr std::size_t length = 8004 - 3001;
  for (std::size_t i = 0; i < 20032; ++i) {
    const std::size_t in_loop = i < 3001 ? 0 : (i - 3001) % length;
    const std::size_t frame = i < 3001 ? i : 3001 + in_loop;
    if (i >= 8004 && in_loop < crossfade_frames) continue;
    ASSERT_EQ(out.left[latency + i], stem[frame]) << i;
  }
}

TEST(Transport, ALoopWrapDoesNotClickEvenWhereASegmentEnds) {
  for (const std::int64_t end :
       {std::int64_t{segment_frames}, std::int64_t{segment_frames} + 50, std::int64_t{250001}}) {
    Host host(1);
    host.set_stem(0, {test::sine(800000, 200, 0.5), test::sine(800000, 200, 0.5, 1)});
    host.engine().set_loop(100060, end);
    host.engine().seek(end - 2048);
    const Stereo out = host.process(4096 + latency);
    const auto from = out.left.begin() + latency + 200;
    EXPECT_LT(largest_step(Samples(from, out.left.end())), 0.5F * 0.0262F + 1.0F / crossfade_frames) << end;
    EXPECT_EQ(host.engine().underruns(), 0);
  }
}

TEST(Transport, ALongLoopNeverMissesASegment) {
  Host host(1);
  const Samples stem = test::noise(4 * segment_frames, 1, 0.5F);
  host.set_stem(0, {stem, stem});
  host.engine().set_loop(segment_frames / 2,
                         2 * segment_frames + 9000);  // segments 0, 1, 2: first and last share parity
  host.process(4 * segment_frames, 4096);
  EXPECT_EQ(host.engine().underruns(), 0);
}

TEST(Transport, APositionBeyondTheLoopPlaysOn) {
  Host host(1);
  host.set_stem(0, test::constant(96000, 0.1F));
  host.engine().set_loop(0, 9000);
  host.engine().seek(9000);
  host.process(64);
  EXPECT_EQ(host.engine().position(), 9064);
  host.engine().seek(8990);
  host.process(64);
  EXPECT_EQ(host.engine().position(), 54);
}

TEST(Transport, TheHeardPositionIsBehindByTheLatencyAlsoAcrossAWrap) {
  Host host(1);
  host.set_stem(0, test::constant(96000, 0.1F));
  host.engine().set_loop(1000, 9000);
  host.engine().seek(8960);
  host.process(64);
  EXPECT_EQ(host.engine().position(), 1024);
  EXPECT_EQ(host.engine().heard_position(), 9024 - latency);
  host.process(1024);
  EXPECT_EQ(host.engine().heard_position(), 2048 - latency);
}

TEST(Transport, StopAndStartFadeAndKeepThePlace) {
  Host host(1);
  host.set_stem(0, {test::constant(96000, 0.5F), test::constant(96000, 0.5F)});
  host.process(4096);
  host.engine().set_playing(false);
  const Stereo stopping = host.process(2048);
  EXPECT_LT(largest_step(stopping.left), 1.0F / crossfade_frames);
  EXPECT_EQ(stopping.left.back(), 0);
  EXPECT_EQ(host.engine().position(), 4096);
  host.engine().set_playing(true);
  const Stereo starting = host.process(2048);
  EXPECT_LT(largest_step(starting.left), 1.0F / crossfade_frames);
  EXPECT_EQ(starting.left.back(), 0.5F);
  EXPECT_EQ(host.engine().position(), 4096 + 2048);
}

TEST(Transport, ANudgedStemMovesWithoutAClickAndWithoutAskingAgain) {
  Host host(1);
  host.set_stem(0, {test::sine(96000, 100, 0.5), test::sine(96000, 100, 0.5)});
  host.process(4096);
  host.engine().set_offset(0, 240);
  EXPECT_EQ(host.engine().wanted(0, 0), -1);
  const Stereo out = host.process(2048);
  EXPECT_LT(largest_step(out.left), 0.5F * 0.0131F + 1.0F / crossfade_frames);
  EXPECT_FLOAT_EQ(out.left.back(), test::sine(96000, 100, 0.5)[4096 + 2047 - latency - 240]);
}

TEST(Transport, WhateverTheHostDoesOnlyGivenSegmentsAreHeard) {
  std::mt19937 random{2024};
  const auto any = [&](std::int64_t low, std::int64_t high) {
    return std::uniform_int_distribution<std::int64_t>{low, high}(random);
  };
  Host host(3);
  Engine& engine = host.engine();
  engine.set_master({.limiter = false});
  for (int channel = 0; channel < 3; ++channel) {
    const auto frames = static_cast<std::size_t>(any(1, 900000));
    host.set_stem(channel, {test::noise(frames, 1, 0.01F), test::noise(frames, 2, 0.01F)}, any(-300000, 300000));
  }
  for (int step = 0; step < 600; ++step) {
    const std::int64_t edge = any(0, 4) * segment_frames;  // where mistakes would be
    switch (any(0, 9)) {
      case 0:
        engine.seek(edge + any(-200, 200));
        break;
      case 1:
        engine.seek(any(0, 1200000));
        break;
      case 2:
        engine.set_loop(edge, edge + any(0, 400000));
        break;
      case 3:
        engine.clear_loop();
        break;
      case 4:
        engine.set_offset(static_cast<int>(any(0, 2)), any(-300000, 300000));
        break;
      case 5:
        engine.set_playing(any(0, 3) != 0);
        break;
      case 6:
        host.spoil();
        break;
      default:
        host.fill();
        break;
    }
    for (const float sample : host.process_unfilled(any(1, 40) * quantum).left)
      ASSERT_LT(std::abs(sample), 0.1F) << step;
  }
}

TEST(Transport, ALoopShorterThanATenthOfASecondIsRefused) {
  Host host(1);
  EXPECT_FALSE(host.engine().set_loop(0, min_loop_frames - 1));
  EXPECT_FALSE(host.engine().set_loop(-1, 90000));
  EXPECT_TRUE(host.engine().set_loop(7, 7 + min_loop_frames));
}

}  // namespace
}  // namespace soundhub::dsp
