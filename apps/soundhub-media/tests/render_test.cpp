// SPDX-License-Identifier: AGPL-3.0-or-later
#include <algorithm>
#include <cmath>

#include "soundhub/base/sha256.hpp"
#include "support.hpp"

namespace soundhub::media::test {
namespace {

/// Stems as ingest made them.
class Stems final : public SegmentProvider {
 public:
  /// The channel as it plays with default settings.
  RenderChannel add(const Files& files, const std::string& name) {
    outputs_.emplace_back();
    const auto report = ingest(files, name, outputs_.back());
    EXPECT_TRUE(report) << name;
    return {.stem_channels = report->stem_channels, .frames = report->frames};
  }
  Result<std::unique_ptr<ByteSource>> segment(std::size_t channel, std::int64_t index) override {
    asked_.emplace_back(channel, index);
    auto bytes = outputs_.at(channel).file(OutputKind::segment, static_cast<std::uint32_t>(index));
    if (broken_) bytes.resize(bytes.size() / 2);
    return std::make_unique<MemorySource>(std::move(bytes));
  }
  void break_segments() { broken_ = true; }
  const std::vector<std::pair<std::size_t, std::int64_t>>& asked() const { return asked_; }

 private:
  std::vector<Outputs> outputs_;
  std::vector<std::pair<std::size_t, std::int64_t>> asked_;
  bool broken_{};
};

Result<RenderReport> render(const RenderRequest& request, Stems& stems, Outputs& outputs) {
  return media_child().render(request, stems, outputs, {});
}

std::string hash_of(const std::vector<std::int32_t>& samples) {
  Bytes packed;
  for (const auto x : samples)
    for (int i = 0; i < 3; ++i)
      packed.push_back(static_cast<std::byte>((static_cast<std::uint32_t>(x) >> (8 * i)) & 0xff));
  return sha256_hex(packed);
}

std::vector<std::int32_t> decoded(const Files& files, const Outputs& outputs, OutputKind kind, const char* name) {
  files.write(name, outputs.file(kind));
  return files.decode(name, 2);
}

TEST(Render, AStereoStemAtUnityComesOutBitForBit) {
  const Files files;
  const auto source = noise(2 * 500'001);
  files.write_wav("a.wav", source, 2, 48'000);
  Stems stems;
  RenderRequest request;
  request.channels = {stems.add(files, "a.wav")};
  Outputs outputs;
  const auto report = render(request, stems, outputs);
  ASSERT_TRUE(report) << report.error().key << ": " << report.error().detail;
  EXPECT_EQ(report->frames, 500'001);
  EXPECT_EQ(report->pcm_sha256_hex, hash_of(source));
  EXPECT_TRUE(decoded(files, outputs, OutputKind::flac, "m.flac") == source);
  EXPECT_GE(report->engine_version, 1);
}

TEST(Render, EveryEncodedFileHasTheSongsExactLengthAndItsTags) {
  const Files files;
  constexpr std::size_t frames = 100'000;
  files.write_wav("a.wav", noise(2 * frames), 2, 48'000);
  Stems stems;
  RenderRequest request;
  request.channels = {stems.add(files, "a.wav")};
  request.title = "빈자리";
  request.artist = "Anna & Ben";
  Outputs outputs;
  ASSERT_TRUE(render(request, stems, outputs));
  for (const auto& [kind, name] : {std::pair{OutputKind::flac, "m.flac"}, std::pair{OutputKind::mp3, "m.mp3"},
                                   std::pair{OutputKind::opus, "m.opus"}}) {
    EXPECT_EQ(decoded(files, outputs, kind, name).size(), 2 * frames) << name;
    const auto tags = files.run(std::string{"ffprobe -v error -show_entries format_tags:stream_tags "} + name);
    EXPECT_THAT(tags, testing::HasSubstr("=빈자리")) << name;
    EXPECT_THAT(tags, testing::HasSubstr("=Anna & Ben")) << name;
  }
}

class EachLength : public testing::TestWithParam<std::size_t> {};

TEST_P(EachLength, AnMp3PlaysExactlyTheFramesThatWentIn) {
  const Files files;
  files.write_wav("a.wav", noise(2 * GetParam()), 2, 48'000);
  Stems stems;
  RenderRequest request;
  request.channels = {stems.add(files, "a.wav")};
  Outputs outputs;
  ASSERT_TRUE(render(request, stems, outputs));
  EXPECT_EQ(decoded(files, outputs, OutputKind::mp3, "m.mp3").size(), 2 * GetParam());
  EXPECT_EQ(decoded(files, outputs, OutputKind::opus, "m.opus").size(), 2 * GetParam());
}

// Around an MP3's frame, half a frame (LAME's least padding), the first length that is encoded in two chunks (416 of
// the MP3's frames), and one of several.
INSTANTIATE_TEST_SUITE_P(Render, EachLength,
                         testing::Values(1, 575, 576, 577, 1151, 1152, 1153, 414 * 1152, 415 * 1152, 416 * 1152 - 600,
                                         416 * 1152 + 1, 2'000 * 1152 + 1));

TEST(Render, TheMp3SoundsTheSameAcrossItsChunks) {
  const Files files;
  files.ffmpeg("-f lavfi -i sine=frequency=997:sample_rate=48000:duration=45 -ac 2 -c:a pcm_s24le a.wav");
  Stems stems;
  RenderRequest request;
  request.channels = {stems.add(files, "a.wav")};
  Outputs outputs;
  ASSERT_TRUE(render(request, stems, outputs));
  const auto master = decoded(files, outputs, OutputKind::flac, "m.flac");
  const auto mp3 = decoded(files, outputs, OutputKind::mp3, "m.mp3");
  ASSERT_EQ(master.size(), mp3.size());
  std::int32_t worst = 0;
  for (std::size_t i = 9'600; i + 9'600 < master.size(); ++i) worst = std::max(worst, std::abs(master[i] - mp3[i]));
  EXPECT_LT(worst, 4'200) << "more than -66 dBFS off somewhere";
}

RenderRequest a_busy_mix(const Files& files, Stems& stems) {
  files.write_wav("a.wav", noise(2 * 600'000, 1), 2, 48'000);
  files.write_wav("b.wav", noise(300'000, 2), 1, 48'000);
  RenderRequest request;
  request.channels = {stems.add(files, "a.wav"), stems.add(files, "b.wav"), stems.add(files, "a.wav")};
  request.channels[0].gain_db = 6;
  request.channels[0].pan = -0.3;
  request.channels[1].offset_frames = 123'457;
  request.channels[2].offset_frames = -77;
  request.channels[2].gain_db = 3;
  request.master_gain_db = 4;
  return request;
}

TEST(Render, TheSameGraphGivesTheSameBytesAgain) {
  const Files files;
  Stems stems;
  const auto request = a_busy_mix(files, stems);
  Outputs first;
  Outputs second;
  const auto one = render(request, stems, first);
  const auto two = render(request, stems, second);
  ASSERT_TRUE(one && two);
  EXPECT_EQ(one->pcm_sha256_hex, two->pcm_sha256_hex);
  EXPECT_EQ(one->pcm_sha256_hex, hash_of(decoded(files, first, OutputKind::flac, "m.flac")));
  for (const auto kind : {OutputKind::flac, OutputKind::mp3, OutputKind::opus})
    EXPECT_TRUE(first.file(kind) == second.file(kind)) << static_cast<int>(kind);
}

TEST(Render, TheTruePeakStaysUnderTheCeiling) {
  const Files files;
  Stems stems;
  const auto request = a_busy_mix(files, stems);
  Outputs outputs;
  const auto report = render(request, stems, outputs);
  ASSERT_TRUE(report);
  EXPECT_LE(report->loudness.true_peak_dbtp, -0.95);
  EXPECT_GT(report->loudness.true_peak_dbtp, -2.5) << "the limiter should have had work";
}

TEST(Render, StemsAreAskedForOnceInOrderAndMutedOnesNotAtAll) {
  const Files files;
  Stems stems;
  auto request = a_busy_mix(files, stems);
  request.channels[1].muted = true;
  Outputs outputs;
  const auto report = render(request, stems, outputs);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->frames, 600'000);
  const auto asked_of = [&](std::size_t channel) {
    std::vector<std::int64_t> segments;
    for (const auto& [from, segment] : stems.asked())
      if (from == channel) segments.push_back(segment);
    return segments;
  };
  EXPECT_EQ(asked_of(0), (std::vector<std::int64_t>{0, 1, 2}));
  EXPECT_EQ(asked_of(1), std::vector<std::int64_t>{});
  EXPECT_EQ(asked_of(2), (std::vector<std::int64_t>{0, 1, 2}));
}

TEST(Render, AMonoStemSoloedAndPannedHardIsInOneSideOnly) {
  const Files files;
  Stems stems;
  auto request = a_busy_mix(files, stems);
  request.channels[1].soloed = true;
  request.channels[1].pan = 1;
  Outputs outputs;
  ASSERT_TRUE(render(request, stems, outputs));
  const auto master = decoded(files, outputs, OutputKind::flac, "m.flac");
  EXPECT_EQ(master.size(), 2U * 600'000);
  std::int32_t left = 0;
  std::int32_t right = 0;
  for (std::size_t i = 0; i < master.size(); i += 2) {
    left = std::max(left, std::abs(master[i]));
    right = std::max(right, std::abs(master[i + 1]));
  }
  EXPECT_EQ(left, 0);
  EXPECT_GT(right, 1 << 20);
}

TEST(Render, ABrokenStemEndsTheRender) {
  const Files files;
  Stems stems;
  const auto request = a_busy_mix(files, stems);
  stems.break_segments();
  Outputs outputs;
  const auto report = render(request, stems, outputs);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().key, "render.bad_stem");
}

TEST(Render, SettingsOutOfRangeAreRefused) {
  const Files files;
  Stems stems;
  const auto good = a_busy_mix(files, stems);
  std::vector<RenderRequest> bad(5, good);
  bad[0].channels.clear();
  bad[1].channels[0].pan = 2;
  bad[2].channels[0].frames = 0;
  bad[3].channels.resize(65, good.channels[0]);
  bad[4].channels[0].offset_frames = std::int64_t{1} << 60;
  for (const auto& request : bad) {
    Outputs outputs;
    const auto report = render(request, stems, outputs);
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().key, "render.invalid");
    EXPECT_EQ(report.error().code, Errc::invalid);
  }
}

}  // namespace
}  // namespace soundhub::media::test
