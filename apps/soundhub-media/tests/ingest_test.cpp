// SPDX-License-Identifier: AGPL-3.0-or-later
#include <algorithm>

#include "support.hpp"

namespace soundhub::media::test {
namespace {

constexpr std::size_t burst_at = 30'000, burst_frames = 4'000;

TEST(Ingest, A24BitWavAt48KhzComesBackBitForBitInSegmentsOf240000Frames) {
  const Files files;
  const auto source = noise(2 * 500'000);
  files.write_wav("a.wav", source, 2, 48'000);
  Outputs outputs;
  const auto report = ingest(files, "a.wav", outputs);
  ASSERT_TRUE(report) << report.error().key << ": " << report.error().detail;
  EXPECT_EQ(report->container, "wav");
  EXPECT_EQ(report->codec, "pcm_s24le");
  EXPECT_EQ(report->sample_rate, 48'000);
  EXPECT_EQ(report->channels, 2);
  EXPECT_EQ(report->bits, 24);
  EXPECT_EQ(report->stem_channels, 2);
  EXPECT_EQ(report->frames, 500'000);
  EXPECT_EQ(report->segments, 3);
  EXPECT_FALSE(report->truncated);
  EXPECT_FALSE(report->silent);
  EXPECT_TRUE(joined_stem(files, outputs, 2) == source);
}

/// Low-passed noise with silence before and after, so that one place in it can't be taken for another.
std::vector<std::int32_t> burst(std::size_t frames) {
  auto raw = noise(frames + 8);
  std::vector<std::int32_t> out(2 * frames);
  for (std::size_t i = burst_at; i < burst_at + burst_frames; ++i)
    for (std::size_t k = 0; k < 8; ++k) {
      out[2 * i] += raw[i + k] / 8;
      out[2 * i + 1] -= raw[i + k] / 16;
    }
  return out;
}

/// By how many frames `stem` is late against `source`, by the highest correlation of the left sides.
int lag_of(const std::vector<std::int32_t>& stem, const std::vector<std::int32_t>& source) {
  constexpr int farthest = 3000;
  int best = 0;
  double highest = -1;
  for (int lag = -farthest; lag <= farthest; ++lag) {
    double sum = 0;
    for (std::size_t i = burst_at; i < burst_at + burst_frames; ++i) {
      const auto at = 2 * (i + static_cast<std::size_t>(lag + farthest) - farthest);
      if (at < stem.size()) sum += static_cast<double>(stem[at]) * source[2 * i];
    }
    if (sum > highest) {
      highest = sum;
      best = lag;
    }
  }
  return best;
}

struct Kind {
  std::string name, arguments, container, codec;
  int bits{};
  bool exact_length{true};
};

class EachKind : public testing::TestWithParam<Kind> {};

TEST_P(EachKind, StartsOnItsTrueFirstSampleAndHasItsTrueLength) {
  const auto& kind = GetParam();
  const Files files;
  constexpr std::size_t frames = 100'001;
  const auto source = burst(frames);
  files.write_wav("source.wav", source, 2, 48'000);
  files.ffmpeg("-i source.wav " + kind.arguments + " " + kind.name);
  Outputs outputs;
  const auto report = ingest(files, kind.name, outputs);
  ASSERT_TRUE(report) << report.error().key << ": " << report.error().detail;
  EXPECT_EQ(report->container, kind.container);
  EXPECT_EQ(report->codec, kind.codec);
  EXPECT_EQ(report->bits, kind.bits);
  EXPECT_FALSE(report->truncated);
  const auto stem = joined_stem(files, outputs, 2);
  EXPECT_EQ(report->frames, static_cast<std::int64_t>(stem.size() / 2));
  if (kind.exact_length) {
    EXPECT_EQ(report->frames, static_cast<std::int64_t>(frames));
  }
  EXPECT_EQ(lag_of(stem, source), 0);
  if (kind.bits >= 24) {
    EXPECT_TRUE(stem == source) << "not bit for bit";
  }
}

INSTANTIATE_TEST_SUITE_P(Ingest, EachKind,
                         testing::Values(Kind{"16.wav", "-c:a pcm_s16le", "wav", "pcm_s16le", 16},
                                         Kind{"24.wav", "-c:a pcm_s24le", "wav", "pcm_s24le", 24},
                                         Kind{"float.wav", "-c:a pcm_f32le", "wav", "pcm_f32le", 32},
                                         Kind{"16.aiff", "-c:a pcm_s16be", "aiff", "pcm_s16be", 16},
                                         Kind{"24.aiff", "-c:a pcm_s24be", "aiff", "pcm_s24be", 24},
                                         Kind{"a.caf", "-c:a pcm_s24le", "caf", "pcm_s24le", 24},
                                         Kind{"16.flac", "-c:a flac -sample_fmt s16", "flac", "flac", 16},
                                         Kind{"24.flac", "-c:a flac -sample_fmt s32 -bits_per_raw_sample 24", "flac",
                                              "flac", 24},
                                         Kind{"a.mp3", "-c:a libmp3lame -b:a 192k", "mp3", "mp3", 0},
                                         Kind{"v0.mp3", "-c:a libmp3lame -q:a 0", "mp3", "mp3", 0},
                                         Kind{"aac.m4a", "-c:a aac -b:a 192k", "mov", "aac", 0},
                                         Kind{"aac.mp4", "-c:a aac -b:a 192k -movflags +faststart", "mov", "aac", 0},
                                         Kind{"alac.m4a", "-c:a alac -sample_fmt s32p", "mov", "alac", 24},
                                         Kind{"vorbis.ogg", "-c:a libvorbis -q:a 6", "ogg", "vorbis", 0},
                                         Kind{"a.opus", "-c:a libopus -b:a 160k", "ogg", "opus", 0},
                                         Kind{"opus.webm", "-c:a libopus -b:a 160k", "matroska", "opus", 0}),
                         [](const auto& kind) {
                           auto name = kind.param.name;
                           std::replace(name.begin(), name.end(), '.', '_');
                           return name;
                         });

}  // namespace
}  // namespace soundhub::media::test
