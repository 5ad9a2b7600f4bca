// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/dsp/true_peak.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "oracle.hpp"
#include "signals.hpp"

namespace soundhub::dsp {
namespace {

using test::Oracle;
using test::Samples;
using test::Stereo;

TruePeakMeter measured(const Stereo& pcm) {
  TruePeakMeter meter;
  meter.process(pcm.left.data(), pcm.right.data(), static_cast<std::int64_t>(pcm.left.size()));
  return meter;
}

TEST(TruePeak, AgreesWithLibebur128OnEverythingNasty) {
  for (const auto& [name, pcm] : test::nasty_signals())
    EXPECT_NEAR(measured(pcm).peak_dbtp(), Oracle(pcm).true_peak_dbtp(), 0.01) << name;
}

TEST(TruePeak, AgreesWithLibebur128AtEveryPhaseBetweenSamples) {
  for (int step = 0; step < 16; ++step) {
    const Samples side = test::sine(9600, 12000, 0.9, step * std::numbers::pi / 32);
    EXPECT_NEAR(measured({side, side}).peak_dbtp(), Oracle({side, side}).true_peak_dbtp(), 0.01) << step;
  }
}

// EBU Tech 3341 cases 15 to 19, tolerance +0.2/-0.4 dB.
TEST(TruePeak, EbuTech3341SinesReadTheirTruePeak) {
  const auto reads = [](double divisor, double degrees, double amplitude) {
    Samples side = test::sine(48000, sample_rate / divisor, amplitude, degrees * std::numbers::pi / 180);
    for (std::size_t i = 0; i < 480; ++i) {  // a soft start and end: a cut sine has other peaks than a sine
      const auto gain = static_cast<float>(i) / 480;
      side[i] *= gain;
      side[side.size() - 1 - i] *= gain;
    }
    return static_cast<double>(measured({side, side}).peak_dbtp());
  };
  const auto expect = [](double dbtp, double expected) {
    EXPECT_LE(dbtp, expected + 0.2);
    EXPECT_GE(dbtp, expected - 0.4);
  };
  expect(reads(4, 0, 0.5), -6);
  expect(reads(4, 45, 0.5), -6);
  expect(reads(6, 60, 0.5), -6);
  expect(reads(8, 67.5, 0.5), -6);
  expect(reads(4, 45, 1.41), 3);
}

TEST(TruePeak, BlockSizesDoNotMatter) {
  const Stereo pcm{test::noise(20000, 1), test::noise(20000, 2, 0.5F)};
  TruePeakMeter pieces;
  for (std::size_t at = 0, n = 1; at < 20000; at += n, n = n * 3 % 701 + 1) {
    n = std::min(n, 20000 - at);
    pieces.process(pcm.left.data() + at, pcm.right.data() + at, static_cast<std::int64_t>(n));
  }
  const TruePeakMeter whole = measured(pcm);
  EXPECT_EQ(pieces.peak(0), whole.peak(0));
  EXPECT_EQ(pieces.peak(1), whole.peak(1));
}

TEST(TruePeak, FlushCountsTheLastSamplesAndWhatIsBetweenThem) {
  TruePeakMeter meter;
  const Samples pair{0.5F, 0.5F};
  meter.process(pair.data(), nullptr, 2);
  meter.flush();
  EXPECT_GT(meter.peak(0), 0.6F);
}

TEST(TruePeak, SilenceReadsMinus120AndNonsenseIsSilence) {
  EXPECT_EQ(TruePeakMeter().peak_dbtp(), -120);
  EXPECT_EQ(measured({Samples(1000, NAN), Samples(1000, -INFINITY)}).peak_dbtp(), -120);
}

}  // namespace
}  // namespace soundhub::dsp
