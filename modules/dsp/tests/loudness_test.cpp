// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/dsp/loudness.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "oracle.hpp"
#include "signals.hpp"

namespace soundhub::dsp {
namespace {

using test::Oracle;
using test::Samples;
using test::Stereo;

struct Passage {
  double dbfs, seconds;
};

/// A stereo 1 kHz sine in phase, its level changing: what EBU Tech 3341 and 3342 make their cases of.
Samples tone(const std::vector<Passage>& passages) {
  Samples out;
  for (const auto& [dbfs, seconds] : passages) {
    const Samples part = test::sine(static_cast<std::size_t>(seconds * sample_rate), 1000, std::pow(10, dbfs / 20));
    out.insert(out.end(), part.begin(), part.end());
  }
  return out;
}

LoudnessMeter heard(const Samples& left, const Samples& right) {
  LoudnessMeter meter;
  meter.process(left.data(), right.data(), static_cast<std::int64_t>(left.size()));
  return meter;
}
LoudnessMeter heard(const std::vector<Passage>& passages) {
  const Samples side = tone(passages);
  return heard(side, side);
}

// Case 6 of Tech 3341 is in five channels, which this meter doesn't take.
TEST(Loudness, EbuTech3341Cases1To5Read23OrWhatTheySay) {
  EXPECT_NEAR(heard({{-23, 20}}).integrated_lufs(), -23, 0.1);
  EXPECT_NEAR(heard({{-33, 20}}).integrated_lufs(), -33, 0.1);
  EXPECT_NEAR(heard({{-36, 10}, {-23, 60}, {-36, 10}}).integrated_lufs(), -23, 0.1);
  EXPECT_NEAR(heard({{-72, 10}, {-36, 10}, {-23, 60}, {-36, 10}, {-72, 10}}).integrated_lufs(), -23, 0.1);
  EXPECT_NEAR(heard({{-26, 20}, {-20, 20.1}, {-26, 20}}).integrated_lufs(), -23, 0.1);
}

TEST(Loudness, EbuTech3341Case9ShortTermIsSteadyOverItsPattern) {
  std::vector<Passage> passages;
  for (int i = 0; i < 5; ++i) passages.insert(passages.end(), {{-20, 1.34}, {-30, 1.66}});
  EXPECT_NEAR(heard(passages).short_term_lufs(), -23, 0.1);
}

TEST(Loudness, EbuTech3341Case12MomentaryIsSteadyOverItsPattern) {
  std::vector<Passage> passages;
  for (int i = 0; i < 25; ++i) passages.insert(passages.end(), {{-20, 0.18}, {-30, 0.22}});
  EXPECT_NEAR(heard(passages).momentary_lufs(), -23, 0.1);
}

TEST(Loudness, EbuTech3342Cases1To4ReadTheirRange) {
  EXPECT_NEAR(heard({{-20, 20}, {-30, 20}}).range_lu(), 10, 1);
  EXPECT_NEAR(heard({{-20, 20}, {-15, 20}}).range_lu(), 5, 1);
  EXPECT_NEAR(heard({{-40, 20}, {-20, 20}}).range_lu(), 20, 1);
  EXPECT_NEAR(heard({{-50, 20}, {-35, 20}, {-20, 20}, {-35, 20}, {-50, 20}}).range_lu(), 15, 1);
}

TEST(Loudness, AgreesWithLibebur128OnMusicAndNoise) {
  const std::size_t frames = 40 * sample_rate;
  for (const Stereo& pcm : {test::music(frames, 1), test::music(frames, 50),
                            Stereo{test::noise(frames, 8, 0.3F), test::noise(frames, 9, 0.01F)}}) {
    const LoudnessMeter meter = heard(pcm.left, pcm.right);
    const Oracle oracle(pcm);
    EXPECT_NEAR(meter.integrated_lufs(), oracle.integrated_lufs(), 0.02);
    EXPECT_NEAR(meter.momentary_lufs(), oracle.momentary_lufs(), 0.02);
    EXPECT_NEAR(meter.short_term_lufs(), oracle.short_term_lufs(), 0.02);
    EXPECT_NEAR(meter.range_lu(), oracle.range_lu(), 0.1);
  }
}

TEST(Loudness, BlockSizesDoNotMatter) {
  const Stereo pcm = test::music(300000, 2);
  const LoudnessMeter whole = heard(pcm.left, pcm.right);
  LoudnessMeter pieces;
  for (std::size_t at = 0, n = 1; at < 300000; at += n, n = std::min<std::size_t>(n * 3 % 5003 + 1, 300000 - at))
    pieces.process(pcm.left.data() + at, pcm.right.data() + at, static_cast<std::int64_t>(std::min(n, 300000 - at)));
  EXPECT_EQ(pieces.integrated_lufs(), whole.integrated_lufs());
  EXPECT_EQ(pieces.short_term_lufs(), whole.short_term_lufs());
}

TEST(Loudness, AMonoSignalIsThreeUnitsBelowTheSameInBothSides) {
  const Samples side = tone({{-23, 5}});
  LoudnessMeter mono;
  mono.process(side.data(), nullptr, static_cast<std::int64_t>(side.size()));
  EXPECT_NEAR(mono.integrated_lufs(), -26.01, 0.1);
}

TEST(Loudness, SilenceAndNonsenseReadAsNothing) {
  EXPECT_EQ(heard(Samples(480000), Samples(480000)).integrated_lufs(), silence_lufs);
  EXPECT_EQ(LoudnessMeter().momentary_lufs(), silence_lufs);
  const LoudnessMeter meter = heard(Samples(480000, NAN), Samples(480000, INFINITY));
  EXPECT_EQ(meter.short_term_lufs(), silence_lufs);
  EXPECT_EQ(meter.range_lu(), 0);
}

}  // namespace
}  // namespace soundhub::dsp
