// SPDX-License-Identifier: AGPL-3.0-or-later
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <numbers>
#include <random>
#include <string>

#include "oracle.hpp"
#include "signals.hpp"

namespace soundhub::dsp {
namespace {

using test::Host;
using test::Oracle;
using test::Samples;
using test::Stereo;

Stereo mastered(const Stereo& pcm, float drive_db, const MasterSettings& master = {}) {
  Host host(1);
  host.set_stem(0, pcm);
  host.engine().set_channel(0, {.gain_db = drive_db});
  MasterSettings driven = master;
  if (drive_db > 12) driven.gain_db += drive_db - 12;
  host.engine().set_master(driven);
  return host.render(4096);
}

Stereo scaled_to(Stereo pcm, double dbtp) {
  const auto gain = static_cast<float>(std::pow(10, (dbtp - Oracle(pcm).true_peak_dbtp()) / 20));
  for (Samples* side : {&pcm.left, &pcm.right})
    for (float& sample : *side) sample *= gain;
  return pcm;
}

TEST(Limiter, NoSignalAtAnyDriveMeasuresAboveMinusOneDbtp) {
  for (const auto& [name, pcm] : test::nasty_signals())
    for (const float drive_db : {0.0F, 6.0F, 16.0F})
      EXPECT_LE(Oracle(mastered(pcm, drive_db)).true_peak_dbtp(), -1.0) << name << " +" << drive_db;
}

/// The other oracle: FFmpeg's meter, in whole tenths of a dB.
double ffmpeg_true_peak(const Stereo& pcm) {
  const auto path =
      std::filesystem::temp_directory_path() / ("soundhub-limiter-" + std::to_string(::getpid()) + ".f32");
  std::ofstream file(path, std::ios::binary);
  for (std::size_t i = 0; i < pcm.left.size(); ++i) {
    const float both[] = {pcm.left[i], pcm.right[i]};
    file.write(reinterpret_cast<const char*>(both), sizeof both);
  }
  file.close();
  const std::string command = "ffmpeg -hide_banner -nostats -f f32le -ar 48000 -ac 2 -i " + path.string() +
                              " -af ebur128=peak=true -f null - 2>&1";
  FILE* pipe = ::popen(command.c_str(), "r");
  std::string said;
  for (char line[256]; std::fgets(line, sizeof line, pipe) != nullptr;) said += line;
  ::pclose(pipe);
  std::filesystem::remove(path);
  const auto at = said.rfind("Peak:");
  return at == std::string::npos ? 99 : std::stod(said.substr(at + 5));
}

TEST(Limiter, FfmpegAgreesEvenWhereItSeesAFilesStartMirrored) {
  Stereo all;
  for (const auto& [name, pcm] : test::nasty_signals()) {
    all.left.insert(all.left.end(), pcm.left.begin(), pcm.left.end());
    all.right.insert(all.right.end(), pcm.right.begin(), pcm.right.end());
  }
  EXPECT_LE(ffmpeg_true_peak(mastered(all, 16)), -1.0);
  const test::Samples between = test::sine(4800, sample_rate / 4.0, 1, std::numbers::pi / 4);
  EXPECT_LE(ffmpeg_true_peak(mastered({between, between}, 0)), -1.0);
}

TEST(Limiter, RandomTonesThatComeAndGoStayBelowTheCeiling) {
  std::mt19937 random{99};
  const auto any = [&](double low, double high) { return std::uniform_real_distribution<>{low, high}(random); };
  for (int round = 0; round < 12; ++round) {
    Stereo pcm{Samples(24000), Samples(24000)};
    for (int tone = 0; tone < 6; ++tone)
      for (Samples* side : {&pcm.left, &pcm.right}) {
        const Samples wave = test::sine(24000, any(30, 23000), any(0.2, 1), any(0, 6));
        const auto from = static_cast<std::size_t>(any(0, 20000)), length = static_cast<std::size_t>(any(10, 4000));
        for (std::size_t i = from; i < from + length; ++i) (*side)[i] += wave[i];
      }
    const auto ceiling = static_cast<float>(any(-9, 0));
    EXPECT_LE(Oracle(mastered(pcm, 12, {.ceiling_dbtp = ceiling})).true_peak_dbtp(), ceiling) << round;
  }
}

/// Fades the first 10 ms in: a wave that is cut on has higher true peaks than the wave.
Stereo softly(Stereo pcm) {
  for (Samples* side : {&pcm.left, &pcm.right})
    for (std::size_t i = 0; i < 480; ++i) (*side)[i] *= static_cast<float>(i) / 480;
  return pcm;
}

// A steeper interpolator than the oracle's finds up to some tenths of a dB more in noise, so music gets more room here.
TEST(Limiter, BelowTheCeilingItIsABitExactDelay) {
  const Stereo tone = softly({test::sine(48000, 997, 1), test::sine(48000, 3001, 1)});
  for (const auto& [pcm, dbtp] : {std::pair{tone, -1.01}, std::pair{test::music(96000, 3), -1.5}}) {
    const Stereo in = scaled_to(pcm, dbtp), out = mastered(in, 0);
    EXPECT_EQ(out.left, in.left) << dbtp;
    EXPECT_EQ(out.right, in.right) << dbtp;
  }
}

TEST(Limiter, ItRecoversToExactUnity) {
  Stereo pcm{test::sine(120000, 1000, 0.5), test::sine(120000, 997, 0.5)};
  for (std::size_t i = 1000; i < 3000; ++i) pcm.left[i] *= 4;
  const Stereo out = mastered(pcm, 0);
  EXPECT_NE(out.left[4000], pcm.left[4000]);
  EXPECT_TRUE(std::equal(out.left.end() - 2000, out.left.end(), pcm.left.end() - 2000));
}

TEST(Limiter, BothSidesAreTurnedDownTogether) {
  const Stereo out = mastered({test::sine(24000, 1000, 2), test::sine(24000, 1000, 0.2)}, 0);
  for (std::size_t i = 0; i < out.left.size(); ++i) ASSERT_NEAR(out.left[i], 10 * out.right[i], 1e-5) << i;
}

TEST(Limiter, SwitchedOffItLetsPeaksPassUntouched) {
  const Stereo pcm{test::noise(24000, 1, 2), test::noise(24000, 2, 2)};
  EXPECT_EQ(mastered(pcm, 0, {.limiter = false}).left, pcm.left);
}

TEST(Limiter, GainReductionIsReported) {
  Host host(1);
  host.set_stem(0, {test::sine(48000, 1000, 1), test::sine(48000, 1000, 1)});
  host.engine().set_master({.gain_db = 6});
  host.process(24000);
  EXPECT_NEAR(host.engine().master_meter().gain_reduction_db, 7, 0.1);
}

}  // namespace
}  // namespace soundhub::dsp
