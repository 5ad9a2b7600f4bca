// SPDX-License-Identifier: AGPL-3.0-or-later
#include <algorithm>
#include <cmath>

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

/// What `ffmpeg -af ebur128=peak=true` (libebur128's measures) says at its end.
double ebur128(const std::string& text, const std::string& label) {
  const auto summary = text.rfind("Summary:");
  const auto at = text.find(label, summary);
  EXPECT_NE(at, std::string::npos) << label;
  return std::stod(text.substr(at + label.size()));
}

TEST(Ingest, LoudnessRangeAndTruePeakAgreeWithFfmpeg) {
  const Files files;
  files.ffmpeg(
      "-f lavfi -i anoisesrc=d=12:a=0.5:r=48000:c=pink -af \"volume='if(lt(t,6),0.1,0.8)':eval=frame,"
      "aeval=val(0)|val(0)*0.7\" -c:a pcm_s24le steps.wav");
  files.ffmpeg(
      "-f lavfi -i sine=frequency=12000:sample_rate=48000:duration=12 -af "
      "volume=17dB,afade=d=0.2,afade=t=out:st=11.8:d=0.2 -c:a pcm_s24le high.wav");
  for (const auto* name : {"steps.wav", "high.wav"}) {
    Outputs outputs;
    const auto report = ingest(files, name, outputs);
    ASSERT_TRUE(report);
    const auto text =
        files.run(std::string{"ffmpeg -nostdin -hide_banner -i "} + name + " -af ebur128=peak=true -f null -");
    EXPECT_TRUE(report->loudness.has_loudness);
    EXPECT_NEAR(report->loudness.integrated_lufs, ebur128(text, "I:"), 0.1) << name;
    EXPECT_NEAR(report->loudness.range_lu, ebur128(text, "LRA:"), 0.3) << name;  // its bins are 0.1 LU
    EXPECT_NEAR(report->loudness.true_peak_dbtp, ebur128(text, "Peak:"), 0.15) << name;
  }
}

/// The .dat as it should be, from the stem.
std::string expected_peaks(const std::vector<std::int32_t>& stem, std::size_t samples_per_pixel) {
  Bytes out;
  const auto length = (stem.size() / 2 + samples_per_pixel - 1) / samples_per_pixel;
  for (const std::uint32_t field :
       {2U, 1U, 48'000U, static_cast<unsigned>(samples_per_pixel), static_cast<unsigned>(length), 1U})
    put_le(out, field);
  for (std::size_t i = 0; i < stem.size(); i += 2 * samples_per_pixel) {
    const auto end = stem.begin() + static_cast<std::ptrdiff_t>(std::min(stem.size(), i + 2 * samples_per_pixel));
    const auto [least, most] = std::minmax_element(stem.begin() + static_cast<std::ptrdiff_t>(i), end);
    put_le(out, static_cast<std::int8_t>(*least / 65'536));
    put_le(out, static_cast<std::int8_t>(*most / 65'536));
  }
  return std::string{as_text(out)};
}

TEST(Ingest, PeaksAreTheStemsLeastAndMostAtEachResolution) {
  const Files files;
  const auto source = noise(2 * 50'001);
  files.write_wav("a.wav", source, 2, 48'000);
  Outputs outputs;
  ASSERT_TRUE(ingest(files, "a.wav", outputs));
  for (const std::uint32_t level : {256U, 2048U, 16'384U})
    EXPECT_TRUE(outputs.file(OutputKind::peaks, level) == expected_peaks(source, level)) << level;
}

TEST(Ingest, MonoStaysMonoAndItsPreviewHasItsExactLength) {
  const Files files;
  const auto source = noise(77'777);
  files.write_wav("mono.wav", source, 1, 48'000);
  Outputs outputs;
  const auto report = ingest(files, "mono.wav", outputs);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->stem_channels, 1);
  EXPECT_TRUE(joined_stem(files, outputs, 1) == source);
  files.write("preview.opus", outputs.file(OutputKind::preview));
  EXPECT_EQ(files.decode("preview.opus", 1).size(), source.size());
}

TEST(Ingest, A44100HzFileKeepsItsPitchItsStartAndItsLength) {
  const Files files;
  files.ffmpeg("-f lavfi -i sine=frequency=1000:sample_rate=44100:duration=2 -c:a pcm_s24le a.wav");
  Outputs outputs;
  const auto report = ingest(files, "a.wav", outputs);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->frames, 96'000);
  const auto stem = joined_stem(files, outputs, 1);
  // ffmpeg's sine starts at phase 0 with amplitude 1/8.
  double worst = 0;
  for (std::size_t i = 480; i < 95'520; ++i)
    worst = std::max(worst, std::abs(stem[i] - 0x1p20 * std::sin(6.283185307179586 * static_cast<double>(i) / 48.0)));
  EXPECT_LT(worst, 600) << "in 24-bit steps; the source is rounded to 16 bits";
}

}  // namespace
}  // namespace soundhub::media::test
