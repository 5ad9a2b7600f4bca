// SPDX-License-Identifier: AGPL-3.0-or-later
#include "ingest.hpp"

#include <algorithm>
#include <optional>

#include "audio_input.hpp"
#include "loudness_meter.hpp"
#include "opus_encoder.hpp"
#include "peaks.hpp"
#include "resampler.hpp"
#include "segments.hpp"

namespace soundhub::media {
namespace {

constexpr std::size_t block_frames = 8192;
constexpr std::int32_t silence = 265;  ///< -90 dBFS of 2^23
constexpr Output preview_output{.kind = OutputKind::preview, .index = 0};

/// Everything that one decoded take flows into.
class Ingest {
 public:
  static Result<std::unique_ptr<Ingest>> start(const AudioInput& input, Wire& wire) {
    std::unique_ptr<Ingest> out{new Ingest{input, wire}};
    SH_TRY(out->resampler_, Resampler::create(input.facts().sample_rate, input.out_channels()));
    const OpusOggEncoder::Settings settings{.channels = input.out_channels(),
                                            .bits_per_second = input.out_channels() == 1 ? 80'000 : 128'000,
                                            .complexity = 5,
                                            .tags = {}};
    SH_CHECK(wire.send(BeginOutput{preview_output}));
    SH_TRY(out->preview_,
           OpusOggEncoder::start(settings, [&wire](BytesView bytes) { return wire.write(preview_output, bytes); }));
    return out;
  }

  Result<void> push(std::span<const float> decoded) {
    SH_TRY(const auto samples, resampler_->push(decoded));
    return feed(samples);
  }

  Result<void> finish() {
    SH_TRY(const auto samples, resampler_->finish());
    SH_CHECK(feed(samples));
    SH_CHECK(segments_.finish());
    SH_CHECK(preview_->finish());
    SH_CHECK(wire_.send(EndOutput{preview_output}));
    peaks_.finish();
    for (std::size_t level = 0; level < Peaks::samples_per_pixel.size(); ++level)
      SH_CHECK(
          wire_.send_output({.kind = OutputKind::peaks, .index = Peaks::samples_per_pixel[level]}, peaks_.file(level)));
    return {};
  }

  std::int64_t frames() const { return segments_.frames(); }

  IngestReport report(const AudioInput& input) {
    const auto& facts = input.facts();
    return {.container = facts.container,
            .codec = facts.codec,
            .sample_rate = facts.sample_rate,
            .channels = facts.channels,
            .bits = facts.bits,
            .stem_channels = channels_,
            .frames = segments_.frames(),
            .segments = segments_.count(),
            .truncated = input.truncated(),
            .silent = peaks_.highest() <= silence,
            .loudness = loudness_.finish()};
  }

 private:
  Ingest(const AudioInput& input, Wire& wire)
      : wire_{wire}, channels_{input.out_channels()}, segments_{wire, channels_} {}

  Result<void> feed(std::span<const float> samples) {
    const auto block = quantizer_.quantize(samples, channels_);
    peaks_.push(block);
    loudness_.push(block);
    SH_CHECK(segments_.push(block));
    return preview_->push(block.floats);
  }

  Wire& wire_;
  std::int32_t channels_;
  Quantizer quantizer_;
  std::optional<Resampler> resampler_;
  Segments segments_;
  Peaks peaks_;
  LoudnessMeter loudness_;
  std::unique_ptr<OpusOggEncoder> preview_;
};

/// How far along, by the length the file declares; without one, by a curve that nears 1.
double fraction_done(std::int64_t frames, std::optional<std::int64_t> declared) {
  const auto done = static_cast<double>(frames);
  if (declared && *declared > 0) return std::min(1.0, done / static_cast<double>(*declared));
  constexpr double half_way = 120.0 * stem_rate;
  return done / (done + half_way);
}

}  // namespace

Result<IngestReport> ingest(int fd, std::int64_t most_seconds, Wire& wire) {
  const File file{fd};
  AudioInput input{file};
  SH_CHECK(input.open());
  const auto most_frames = most_seconds * input.facts().sample_rate;
  if (input.declared_frames().value_or(0) > most_frames) return fail(Errc::invalid, "take.too_long");
  SH_TRY(const auto work, Ingest::start(input, wire));

  std::vector<float> decoded;
  std::int64_t frames = 0;
  for (bool more = true; more;) {
    decoded.clear();
    while (more && decoded.size() < block_frames * static_cast<std::size_t>(input.out_channels())) {
      SH_TRY(more, input.read(decoded));
    }
    frames += static_cast<std::int64_t>(decoded.size()) / input.out_channels();
    if (frames > most_frames) return fail(Errc::invalid, "take.too_long");
    SH_CHECK(work->push(decoded));
    SH_CHECK(wire.progress(fraction_done(frames, input.declared_frames())));
  }
  SH_CHECK(work->finish());
  if (work->frames() == 0) return fail(Errc::invalid, "take.empty");
  return work->report(input);
}

}  // namespace soundhub::media
