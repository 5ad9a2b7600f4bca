// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/dsp/flac.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace soundhub::dsp {
namespace {

using File = std::vector<std::uint8_t>;

struct Format {
  int channels, bits;
};

/// Whole numbers, channel by channel.
using Pcm = std::vector<std::vector<std::int32_t>>;
using Wave = std::function<double(int channel, int frame)>;  // -1 ... 1

Pcm pcm_of(Format format, int frames, const Wave& wave) {
  Pcm pcm(static_cast<std::size_t>(format.channels));
  for (int c = 0; c < format.channels; ++c)
    for (int i = 0; i < frames; ++i)
      pcm[static_cast<std::size_t>(c)].push_back(
          static_cast<std::int32_t>(std::lround(wave(c, i) * ((1 << (format.bits - 1)) - 1))));
  return pcm;
}

std::string interleaved(const Pcm& pcm, int bits) {
  std::string raw;
  for (std::size_t i = 0; i < pcm[0].size(); ++i)
    for (const auto& channel : pcm)
      for (int byte = 0; byte < (bits + 7) / 8; ++byte) raw += static_cast<char>(channel[i] >> (8 * byte));
  return raw;
}

/// What the reference encoder makes of it.
File encoded(const Pcm& pcm, int bits, const std::string& options) {
  const std::string base = ::testing::TempDir() + "flac_test_" + std::to_string(getpid());
  const std::string in = base + ".raw", out = base + ".flac";
  std::ofstream(in, std::ios::binary) << interleaved(pcm, bits);
  const std::string command =
      "flac --silent --force --force-raw-format --endian=little --sign=signed --sample-rate=48000"
      " --channels=" +
      std::to_string(pcm.size()) + " --bps=" + std::to_string(bits) + " " + options + " -o " + out + " " + in;
  EXPECT_EQ(std::system(command.c_str()), 0) << command;
  std::ifstream file(out, std::ios::binary);
  File bytes{std::istreambuf_iterator<char>(file), {}};
  std::remove(in.c_str());
  std::remove(out.c_str());
  return bytes;
}

class Flac : public ::testing::Test {
 protected:
  std::int64_t decode(const File& file, std::int64_t room) {
    if (!decoder_->open(file.data(), file.size())) return -2;
    left_.assign(static_cast<std::size_t>(room), 9);
    right_.assign(decoder_->info().channels == 2 ? static_cast<std::size_t>(room) : 0, 9);
    return decoder_->decode(left_.data(), right_.empty() ? nullptr : right_.data(), room);
  }
  void expect_exact(Format format, int frames, const Wave& wave, const std::string& options) {
    const Pcm pcm = pcm_of(format, frames, wave);
    const File file = encoded(pcm, format.bits, options);
    ASSERT_EQ(decode(file, frames), frames) << options;
    const double unit = std::ldexp(1.0, format.bits - 1);
    for (int c = 0; c < format.channels; ++c) {
      const auto& got = c == 0 ? left_ : right_;
      int different = 0;
      for (std::size_t i = 0; i < got.size(); ++i)
        different += static_cast<double>(got[i]) * unit != pcm[static_cast<std::size_t>(c)][i];
      EXPECT_EQ(different, 0) << "channel " << c << ", " << format.bits << " bits, " << options;
    }
  }
  std::unique_ptr<FlacDecoder> decoder_ = std::make_unique<FlacDecoder>();
  std::vector<float> left_, right_;
};

Wave noise(double level) {
  auto random = std::make_shared<std::mt19937>(1);
  return [=](int, int) { return std::uniform_real_distribution<>(-level, level)(*random); };
}
double music(int channel, int frame) {
  return 0.4 * std::sin(frame * 0.03) + 0.2 * std::sin(frame * 0.11 + channel) + 0.05 * std::sin(frame * 1.3);
}

/// One of each kind that a FLAC encoder has its own way for.
const Wave kinds_of_signal[] = {
    music,
    noise(0.25),
    [](int, int) { return 0.0; },
    [](int, int) { return -1234.0 / 8'388'607; },
    [](int, int i) { return std::sin(0.03 * i); },                                         // both sides alike
    [](int, int i) { return std::round(100 * std::sin(0.03 * i)) * 65'536 / 8'388'607; },  // unused low bits
    [](int, int i) { return i % 1'000 == 7 ? 1.0 : i % 3 / 8'388'607.0; },                 // long quotients
    [](int, int i) { return i / 2'048 % 2 == 0 ? 1.0 - (i % 2) / 8'388'607.0 : -1.0; },    // the extremes
};

TEST_F(Flac, EveryKindOfSignalDecodesExactlyFromEveryLevelOfTheReferenceEncoder) {
  for (const char* level : {"-0", "-1", "-2", "-3", "-4", "-5", "-6", "-7", "-8", "-8 -p -e"})
    for (const int channels : {1, 2})
      for (const Wave& wave : kinds_of_signal) expect_exact({channels, 24}, 10'001, wave, level);
}

TEST_F(Flac, TheHighestOrderOfPredictionDecodesExactly) {
  for (const char* options : {"-8 -l 8", "-8 -l 9", "-8 --lax -l 32 -e"}) expect_exact({2, 24}, 20'000, music, options);
}

TEST_F(Flac, EverySampleSizeDecodesExactly) {
  for (const int bits : {8, 16, 24}) expect_exact({2, bits}, 9'000, music, "-5");
}

TEST_F(Flac, NoiseAtFullScaleDecodesExactly) {
  for (const int channels : {1, 2}) expect_exact({channels, 24}, 20'000, noise(1), "-5");
}

TEST_F(Flac, ExtremesThatAlternateDecodeExactly) {
  expect_exact(
      {2, 24}, 10'000, [](int c, int i) { return (i + c) % 2 == 0 ? 1.0 : -1.0; }, "-8");
  expect_exact(
      {2, 24}, 10'000, [](int c, int i) { return i % 97 < 48 ? 1.0 - 2.0 * c : 2.0 * c - 1.0; }, "-3 -m");
}

TEST_F(Flac, BothWaysOfStereoDecodeExactly) {
  const auto near_mono = [](int c, int i) { return music(0, i) + 0.001 * c * std::sin(i * 0.7); };
  for (const char* options : {"-5 -m", "-5 -M", "-5 --no-mid-side", "-3 -m -b 1152"})
    expect_exact({2, 24}, 20'000, near_mono, options);
}

TEST_F(Flac, SilenceAndUnusedLowBitsDecodeExactly) {
  expect_exact(
      {2, 24}, 10'000, [](int, int) { return 0.0; }, "-3");
  const auto coarse = [](int c, int i) { return std::round(music(c, i) * 1000) * 256 / ((1 << 23) - 1); };
  expect_exact({2, 24}, 10'000, coarse, "-3");
}

TEST_F(Flac, AnyBlockSizeAndLengthDecodesExactly) {
  for (const char* options : {"-b 16 --lax", "-b 192", "-b 576", "-b 1000", "-b 4096", "-b 4608", "-b 16384 --lax"})
    expect_exact({2, 24}, 16'385, music, options);
  for (const int frames : {1, 2, 15, 16, 17, 4095, 4096, 4097}) expect_exact({1, 24}, frames, music, "-3");
}

TEST_F(Flac, OtherMetadataIsSkipped) {
  expect_exact({1, 24}, 5'000, music, "--tag=TITLE=x --padding=5000 --seekpoint=100x");
}

TEST_F(Flac, SaysWhatTheFileIs) {
  const File file = encoded(pcm_of({2, 16}, 5'000, music), 16, "-3");
  ASSERT_TRUE(decoder_->open(file.data(), file.size()));
  EXPECT_EQ(decoder_->info().sample_rate, 48'000);
  EXPECT_EQ(decoder_->info().channels, 2);
  EXPECT_EQ(decoder_->info().bits, 16);
  EXPECT_EQ(decoder_->info().frames, 5'000);
}

TEST_F(Flac, ACutFileIsRefusedWhereverItIsCut) {
  const File file = encoded(pcm_of({2, 24}, 5'000, music), 24, "-3 --no-padding");
  for (std::size_t size = 0; size < file.size(); size += size < 200 ? 1 : 7)
    EXPECT_LT(decode(File(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(size)), 5'000), 0) << size;
}

TEST_F(Flac, AFrameWithAnyByteChangedIsRefused) {
  const File whole = encoded(pcm_of({2, 24}, 300, noise(0.25)), 24, "-3 --no-padding");
  const std::array<std::uint8_t, 2> sync{0xFF, 0xF8};
  const auto frame = std::search(whole.begin(), whole.end(), sync.begin(), sync.end()) - whole.begin();
  ASSERT_LT(frame + 1'000, static_cast<std::ptrdiff_t>(whole.size()));
  for (auto at = static_cast<std::size_t>(frame); at < whole.size(); ++at)
    for (const int bit : {0, 4, 7}) {
      File changed = whole;
      changed[at] = static_cast<std::uint8_t>(changed[at] ^ 1U << bit);
      EXPECT_LT(decode(changed, 300), 0) << at;
    }
}

TEST_F(Flac, BytesAfterTheLastFrameAreRefused) {
  File file = encoded(pcm_of({1, 24}, 5'000, music), 24, "-3");
  file.push_back(0);
  EXPECT_EQ(decode(file, 5'000), -1);
}

TEST_F(Flac, MoreThanThereIsRoomForIsRefused) {
  const File file = encoded(pcm_of({1, 24}, 5'000, music), 24, "-3");
  EXPECT_EQ(decode(file, 4'999), -1);
  EXPECT_EQ(decode(file, 5'001), 5'000);
}

TEST_F(Flac, WhatIsNoStemIsRefused) {
  EXPECT_EQ(decode({}, 1), -2);
  EXPECT_EQ(decode(File(100, 'x'), 1), -2);
  Pcm three(3, std::vector<std::int32_t>(100));
  EXPECT_EQ(decode(encoded(three, 16, "-3"), 100), -2);
}

}  // namespace
}  // namespace soundhub::dsp
