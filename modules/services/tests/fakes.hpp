// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <unistd.h>

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "soundhub/base/clock.hpp"
#include "soundhub/base/random.hpp"
#include "soundhub/media/worker.hpp"

// What isn't ours to run in a test: time, chance, and the locked child.
namespace soundhub::services {

/// Begins at the real time, since files carry that; moves only when told.
class FakeClock final : public Clock {
 public:
  Time now() const override { return now_; }
  void pass(Millis time) { now_ += time; }

 private:
  Time now_{SystemClock{}.now()};
};

/// Different bytes at each call, the same in each run as long as one thread asks (splitmix64).
class FakeRandom final : public Random {
 public:
  void fill(std::span<std::byte> out) override {
    for (auto& byte : out) byte = next();
  }

 private:
  std::byte next() {
    auto mixed = state_ += 0x9e3779b97f4a7c15u;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9u;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebu;
    return static_cast<std::byte>((mixed ^ (mixed >> 31)) & 0xff);
  }

  std::atomic<std::uint64_t> state_{1};
};

/// Answers as the child does, in two segments made of what it was given; or ends with `error`.
class FakeMedia final : public media::MediaWorker {
 public:
  std::optional<Error> error;
  std::function<void()> meanwhile = [] {};  ///< happens while the child is at work
  bool forgets_flac{};
  int ingests{}, renders{};
  std::string heard;  ///< the file it was last given
  media::RenderRequest request;

  Result<media::IngestReport> ingest(int fd, media::OutputSink& sink, std::stop_token) override {
    ++ingests;
    heard = all_of(fd);
    SH_CHECK(sink.progress(0.5));
    meanwhile();
    if (error) return tl::unexpected(*error);
    for (std::uint32_t i = 0; i < 2; ++i) SH_CHECK(put(sink, {media::OutputKind::segment, i}, heard));
    for (const std::uint32_t level : {256u, 2048u, 16384u})
      SH_CHECK(put(sink, {media::OutputKind::peaks, level}, heard));
    SH_CHECK(put(sink, {media::OutputKind::preview, 0}, heard));
    return media::IngestReport{.container = "wav",
                               .codec = "pcm_s16le",
                               .sample_rate = 44'100,
                               .channels = 1,
                               .bits = 16,
                               .stem_channels = 1,
                               .frames = 300'000,
                               .segments = 2};
  }

  Result<media::RenderReport> render(const media::RenderRequest& wanted, media::SegmentProvider& stems,
                                     media::OutputSink& sink, std::stop_token) override {
    ++renders;
    request = wanted;
    for (std::size_t channel = 0; channel < wanted.channels.size(); ++channel) SH_CHECK(stems.segment(channel, 1));
    SH_CHECK(sink.progress(0.5));
    meanwhile();
    if (error) return tl::unexpected(*error);
    if (!forgets_flac) SH_CHECK(put(sink, {media::OutputKind::flac, 0}, "mix"));
    SH_CHECK(put(sink, {media::OutputKind::mp3, 0}, "mix"));
    SH_CHECK(put(sink, {media::OutputKind::opus, 0}, "mix"));
    SH_CHECK(put(sink, {media::OutputKind::peaks, 256}, "mix"));
    return media::RenderReport{.frames = 300'000, .pcm_sha256_hex = std::string(64, 'a'), .engine_version = 7};
  }

  Result<media::ImageReport> image(int fd, media::OutputSink& sink, std::stop_token) override {
    heard = all_of(fd);
    meanwhile();
    if (error) return tl::unexpected(*error);
    SH_CHECK(put(sink, {media::OutputKind::image, 640}, heard));
    SH_CHECK(put(sink, {media::OutputKind::image, 160}, heard));
    return media::ImageReport{.format = "png", .width = 800, .height = 600};
  }

 private:
  static std::string all_of(int fd) {
    std::string text;
    char buffer[4096];
    for (ssize_t got = 0; (got = ::pread(fd, buffer, sizeof buffer, static_cast<off_t>(text.size()))) > 0;)
      text.append(buffer, static_cast<std::size_t>(got));
    return text;
  }
  static Result<void> put(media::OutputSink& sink, media::Output output, const std::string& heard) {
    const auto text = std::to_string(static_cast<int>(output.kind)) + "." + std::to_string(output.index) + ":" + heard;
    SH_CHECK(sink.begin(output));
    SH_CHECK(sink.write(output, as_bytes(text)));
    return sink.end(output);
  }
};

}  // namespace soundhub::services
