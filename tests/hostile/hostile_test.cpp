// SPDX-License-Identifier: AGPL-3.0-or-later
// What strangers upload. Each file has one right answer; none is a hang, a crash or another file's sound.
#include <unistd.h>

#include <algorithm>
#include <chrono>

#include "support.hpp"

namespace soundhub::media::test {
namespace {

std::string key_of(const Result<IngestReport>& report) {
  return report ? "accepted" : report.error().key;
}

std::string answer(const Files& files, const std::string& name, Limits limits = {}) {
  Outputs outputs;
  const auto report = ingest(files, name, outputs, limits);
  if (!report) {
    EXPECT_EQ(report.error().code, Errc::invalid) << name << ": " << report.error().detail;
  }
  return key_of(report);
}

void make_tone(const Files& files, const std::string& name, const std::string& arguments = {}) {
  files.ffmpeg("-f lavfi -i sine=frequency=440:sample_rate=48000:duration=3 -ac 2 " + arguments + " " + name);
}

TEST(Hostile, AnEmptyFileIsEmpty) {
  const Files files;
  files.write("empty.wav", "");
  EXPECT_EQ(answer(files, "empty.wav"), "take.empty");
  files.write_wav("header.wav", {}, 2, 48'000);
  EXPECT_EQ(answer(files, "header.wav"), "take.empty");
}

TEST(Hostile, WhatIsNotAudioIsNotAudioWhateverItIsCalled) {
  const Files files;
  files.write("text.mp3", "This is a letter and not a song.\n");
  files.write("page.wav", "<!doctype html><title>hello</title>");
  files.write("zeros.flac", std::string(1 << 20, '\0'));
  files.write("ones.mp3", std::string(1 << 20, '\xff'));
  files.ffmpeg("-f lavfi -i color=red:s=64x64 -frames:v 1 picture.png");
  files.ffmpeg("-f lavfi -i color=red:s=64x64:d=1 -c:v mpeg4 silent_film.mp4");
  for (const auto* name : {"text.mp3", "page.wav", "zeros.flac", "ones.mp3", "picture.png", "silent_film.mp4"})
    EXPECT_EQ(answer(files, name), "take.not_audio") << name;
}

TEST(Hostile, ElectricalNoiseIsNotAudio) {
  const Files files;
  for (std::uint32_t seed = 1; seed <= 5; ++seed) {
    const auto samples = noise(100'000, seed);
    files.write("random.bin", {reinterpret_cast<const char*>(samples.data()), samples.size() * 4});
    EXPECT_EQ(answer(files, "random.bin"), "take.not_audio") << seed;
  }
}

/// A playlist of any kind names a file that exists and that libavformat would gladly open.
TEST(Hostile, APlaylistIsNotAudioAndTheFileItNamesIsNeverOpened) {
  const Files files;
  make_tone(files, "secret.wav");
  const auto path = files.path("secret.wav");
  files.write("hls.mp3", "#EXTM3U\n#EXT-X-TARGETDURATION:3\n#EXTINF:3,\nfile://" + path + "\n#EXT-X-ENDLIST\n");
  files.write("m3u.mp3", "#EXTM3U\n" + path + "\n");
  files.write("passwd.m3u", "#EXTM3U\n#EXTINF:3,\n/etc/passwd\n#EXT-X-ENDLIST\n");
  files.write("concat.mp3", "ffconcat version 1.0\nfile secret.wav\n");
  files.write("sdp.mp3", "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 5004 RTP/AVP 0\n");
  files.write("dash.mp3",
              "<?xml version=\"1.0\"?><MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" type=\"static\" "
              "mediaPresentationDuration=\"PT3S\"><Period><AdaptationSet mimeType=\"audio/wav\"><Representation "
              "id=\"1\" bandwidth=\"1\"><BaseURL>file://" +
                  path + "</BaseURL></Representation></AdaptationSet></Period></MPD>");
  for (const auto* name : {"hls.mp3", "m3u.mp3", "passwd.m3u", "concat.mp3", "sdp.mp3", "dash.mp3"})
    EXPECT_EQ(answer(files, name), "take.not_audio") << name;
}

/// QuickTime can say that its samples lie in another file (dref 'alis' or 'url ').
TEST(Hostile, AMovieThatPointsAtAnotherFileHasNoSoundOfItsOwn) {
  const Files files;
  make_tone(files, "real.mov", "-c:a pcm_s16le -movflags +faststart");
  auto movie = files.read("real.mov");
  const auto dref = movie.find("dref");
  ASSERT_NE(dref, std::string::npos);
  // Its one entry: size, kind, version and flags; flag 1 means "in this file".
  movie[dref + 4 + 8 + 8 + 3] = 0;
  movie.resize(movie.find("mdat"));
  files.write("pointing.mov", movie);
  EXPECT_EQ(answer(files, "pointing.mov"), "take.undecodable");
}

struct Cut {
  std::string name, arguments;
};
class EachCutFile : public testing::TestWithParam<Cut> {};

TEST_P(EachCutFile, SaysSo) {
  const auto& [name, arguments] = GetParam();
  const Files files;
  make_tone(files, name, arguments);
  files.cut(name, "cut", static_cast<std::int64_t>(files.read(name).size() * 2 / 3));
  Outputs whole;
  Outputs cut;
  const auto complete = ingest(files, name, whole);
  const auto report = ingest(files, "cut", cut);
  ASSERT_TRUE(complete) << complete.error().key << complete.error().detail;
  ASSERT_TRUE(report) << report.error().key << report.error().detail;
  EXPECT_FALSE(complete->truncated);
  EXPECT_TRUE(report->truncated);
  EXPECT_LT(report->frames, complete->frames);
  EXPECT_GT(report->frames, 48'000);
}

INSTANTIATE_TEST_SUITE_P(
    Hostile, EachCutFile,
    testing::Values(Cut{"a.wav", "-c:a pcm_s16le"}, Cut{"a.aiff", "-c:a pcm_s16be"}, Cut{"a.caf", "-c:a pcm_s16le"},
                    Cut{"a.flac", "-c:a flac"}, Cut{"a.mp3", "-c:a libmp3lame -b:a 192k"},
                    Cut{"a.m4a", "-c:a aac -movflags +faststart"}, Cut{"a.ogg", "-c:a libvorbis -page_duration 100000"},
                    Cut{"a.opus", "-c:a libopus -page_duration 100000"}, Cut{"a.webm", "-c:a libopus"}),
    [](const auto& cut) { return cut.param.name.substr(2); });

TEST(Hostile, AMovieCutBeforeItsIndexIsUndecodable) {
  const Files files;
  make_tone(files, "a.m4a", "-c:a aac");
  files.cut("a.m4a", "cut.m4a", -2'000);
  EXPECT_EQ(answer(files, "cut.m4a"), "take.undecodable");
}

TEST(Hostile, AFileCutInItsHeaderIsUndecodableOrEmpty) {
  const Files files;
  make_tone(files, "a.flac", "-c:a flac");
  make_tone(files, "a.wav");
  make_tone(files, "a.opus", "-c:a libopus");
  for (const auto* name : {"a.flac", "a.wav", "a.opus"})
    for (const int bytes : {12, 30, 60}) {
      files.cut(name, "cut", bytes);
      EXPECT_THAT(answer(files, "cut"), testing::AnyOf("take.undecodable", "take.empty", "take.not_audio"))
          << name << " " << bytes;
    }
}

TEST(Hostile, SilenceIsAcceptedAndSaysThatItIs) {
  const Files files;
  files.write_wav("silent.wav", std::vector<std::int32_t>(2 * 48'000), 2, 48'000);
  Outputs outputs;
  const auto report = ingest(files, "silent.wav", outputs);
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->silent);
  EXPECT_FALSE(report->loudness.has_loudness);
  EXPECT_EQ(report->frames, 48'000);
}

TEST(Hostile, EightChannelsBecomeStereoAndNineAreTooMany) {
  const Files files;
  files.ffmpeg("-f lavfi -i anoisesrc=d=1:a=0.1:r=48000 -af 'pan=7.1|c0=c0|c2=c0|c5=c0' -c:a pcm_s24le eight.wav");
  files.write_wav("nine.wav", noise(9 * 4'800), 9, 48'000);
  Outputs outputs;
  const auto report = ingest(files, "eight.wav", outputs);
  ASSERT_TRUE(report) << report.error().key << report.error().detail;
  EXPECT_EQ(report->channels, 8);
  EXPECT_EQ(report->stem_channels, 2);
  EXPECT_FALSE(report->silent);
  EXPECT_EQ(answer(files, "nine.wav"), "take.too_many_channels");
}

TEST(Hostile, A192KhzFileIsBroughtTo48Khz) {
  const Files files;
  files.write_wav("fast.wav", noise(2 * 192'000), 2, 192'000);
  Outputs outputs;
  const auto report = ingest(files, "fast.wav", outputs);
  ASSERT_TRUE(report) << report.error().key << report.error().detail;
  EXPECT_EQ(report->sample_rate, 192'000);
  EXPECT_EQ(report->frames, 48'000);
}

TEST(Hostile, RatesThatNoRecorderHasAreUnsupported) {
  const Files files;
  files.write_wav("one_hertz.wav", noise(2 * 1'000), 2, 1);
  files.write_wav("fast.wav", noise(2 * 1'000), 2, 1'000'000);
  EXPECT_EQ(answer(files, "one_hertz.wav"), "take.unsupported");
  EXPECT_EQ(answer(files, "fast.wav"), "take.unsupported");
}

TEST(Hostile, ACodecThatIsNotListedIsUnsupported) {
  const Files files;
  make_tone(files, "dolby.mp4", "-c:a ac3");
  make_tone(files, "adpcm.wav", "-c:a adpcm_ms");
  EXPECT_EQ(answer(files, "dolby.mp4"), "take.unsupported");
  EXPECT_EQ(answer(files, "adpcm.wav"), "take.unsupported");
}

TEST(Hostile, HoursOfSilenceInAFewBytesAreTooLong) {
  const Files files;
  files.ffmpeg("-f lavfi -i anullsrc=r=8000:cl=mono -t 7300 -c:a flac -compression_level 0 bomb.flac");
  // As above, but the header doesn't say how long it is.
  auto bomb = files.read("bomb.flac");
  for (std::size_t i = 21; i < 26; ++i) bomb[i] = i == 21 ? static_cast<char>(bomb[i] & 0xf0) : '\0';
  files.write("quiet_bomb.flac", bomb);
  EXPECT_EQ(answer(files, "bomb.flac"), "take.too_long");
  Limits limits;
  limits.duration_seconds = 60;
  EXPECT_EQ(answer(files, "quiet_bomb.flac", limits), "take.too_long");
}

TEST(Hostile, AHeaderThatPromisesMoreMemoryThanThereIsEndsInAnAnswer) {
  const Files files;
  make_tone(files, "a.m4a", "-c:a aac -movflags +faststart");
  auto movie = files.read("a.m4a");
  const auto stsz = movie.find("stsz");
  ASSERT_NE(stsz, std::string::npos);
  movie.replace(stsz + 12, 4, std::string{"\x7f\xff\xff\xff"});
  files.write("sizes.m4a", movie);
  Outputs outputs;
  const auto report = ingest(files, "sizes.m4a", outputs);
  EXPECT_THAT(key_of(report), testing::AnyOf("take.undecodable", "media.limit", "accepted"));
}

/// Every file below is a real one with some bytes turned, at places chosen by a fixed sequence.
TEST(Hostile, TurnedBytesNeverEndInACrash) {
  const Files files;
  make_tone(files, "a.mp3", "-t 0.3 -c:a libmp3lame");
  make_tone(files, "a.flac", "-t 0.3 -c:a flac");
  make_tone(files, "a.m4a", "-t 0.3 -c:a aac");
  make_tone(files, "a.webm", "-t 0.3 -c:a libopus");
  make_tone(files, "a.ogg", "-t 0.3 -c:a libvorbis");
  make_tone(files, "a.wav", "-t 0.3");
  std::uint32_t seed = 1;
  for (const auto* name : {"a.mp3", "a.flac", "a.m4a", "a.webm", "a.ogg", "a.wav"}) {
    const auto good = files.read(name);
    for (int round = 0; round < 8; ++round) {
      auto bad = good;
      // Half of the rounds hit the headers.
      const auto reach = round % 2 == 0 ? std::min<std::size_t>(bad.size(), 400) : bad.size();
      for (const auto x : noise(8, ++seed))
        bad[static_cast<std::size_t>(x < 0 ? -x : x) % reach] = static_cast<char>(x >> 3);
      files.write("turned", bad);
      Outputs outputs;
      const auto report = ingest(files, "turned", outputs);
      EXPECT_THAT(key_of(report), testing::AnyOf("accepted", testing::StartsWith("take."), "media.limit"))
          << name << " round " << round << ": " << (report ? "" : report.error().detail);
    }
  }
}

}  // namespace
}  // namespace soundhub::media::test
