// SPDX-License-Identifier: AGPL-3.0-or-later
#include "master_files.hpp"

#include "soundhub/dsp/constants.hpp"

namespace soundhub::media {
namespace {

constexpr unsigned flac_level = 5;
constexpr std::int32_t opus_bits_per_second = 160'000;
constexpr std::int32_t opus_complexity = 5;
constexpr Output flac_output{.kind = OutputKind::flac, .index = 0};
constexpr Output mp3_output{.kind = OutputKind::mp3, .index = 0};
constexpr Output opus_output{.kind = OutputKind::opus, .index = 0};

std::vector<std::pair<std::string, std::string>> vorbis_tags(const RenderRequest& request) {
  std::vector<std::pair<std::string, std::string>> tags;
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) tags.emplace_back(name, value);
  };
  add("TITLE", request.title);
  add("ARTIST", request.artist);
  add("ALBUM", request.album);
  add("COMMENT", request.comment);
  return tags;
}

}  // namespace

Result<std::unique_ptr<MasterFiles>> MasterFiles::start(const RenderRequest& request, std::int64_t frames, Wire& wire) {
  std::unique_ptr<MasterFiles> out{new MasterFiles{frames, wire}};
  const auto writer = [&wire](Output output) {
    return [&wire, output](BytesView bytes) { return wire.write(output, bytes); };
  };
  for (const auto output : {flac_output, mp3_output, opus_output}) SH_CHECK(wire.send(BeginOutput{output}));
  SH_TRY(out->flac_, FlacEncoder::to_stream({.channels = 2,
                                             .level = flac_level,
                                             .frames = static_cast<std::uint64_t>(frames),
                                             .tags = vorbis_tags(request)},
                                            writer(flac_output)));
  SH_TRY(out->opus_, OpusOggEncoder::start({.channels = 2,
                                            .bits_per_second = opus_bits_per_second,
                                            .complexity = opus_complexity,
                                            .tags = vorbis_tags(request)},
                                           writer(opus_output)));
  SH_CHECK(wire.write(mp3_output, id3v2_tag(request.title, request.artist, request.album, request.comment)));
  out->mp3_ = std::make_unique<Mp3Encoder>(frames, writer(mp3_output));
  out->worker_ = std::make_unique<BlockWorker>([me = out.get()](const PcmBlock& block) { return me->encode(block); });
  return out;
}

Result<void> MasterFiles::encode(const PcmBlock& block) {
  SH_CHECK(flac_->push(block.samples));
  return opus_->push(block.floats);
}

Result<void> MasterFiles::tick() {
  const auto mixed = static_cast<double>(pushed_) / static_cast<double>(frames_);
  return wire_.progress(0.5 * mixed + 0.5 * mp3_->fraction_written());
}

void MasterFiles::hash(const PcmBlock& block) {
  packed_.resize(3 * block.samples.size());
  auto* to = packed_.data();
  for (const auto sample : block.samples) {
    const auto bits = static_cast<std::uint32_t>(sample);
    *to++ = static_cast<std::byte>(bits & 0xff);
    *to++ = static_cast<std::byte>((bits >> 8) & 0xff);
    *to++ = static_cast<std::byte>((bits >> 16) & 0xff);
  }
  sha_.update(packed_);
}

Result<void> MasterFiles::push(const PcmBlock& block) {
  const auto waiting = [this] { return tick(); };
  SH_CHECK(worker_->push(block, waiting));
  SH_CHECK(mp3_->push(block.floats, waiting));
  hash(block);
  peaks_.push(block);
  loudness_.push(block);
  pushed_ += static_cast<std::int64_t>(block.frames());
  return tick();
}

Result<void> MasterFiles::finish() {
  SH_CHECK(mp3_->finish([this] { return tick(); }));
  SH_CHECK(worker_->finish());
  SH_CHECK(flac_->finish());
  SH_CHECK(opus_->finish());
  for (const auto output : {flac_output, mp3_output, opus_output}) SH_CHECK(wire_.send(EndOutput{output}));
  peaks_.finish();
  for (std::size_t level = 0; level < Peaks::samples_per_pixel.size(); ++level)
    SH_CHECK(
        wire_.send_output({.kind = OutputKind::peaks, .index = Peaks::samples_per_pixel[level]}, peaks_.file(level)));
  return {};
}

RenderReport MasterFiles::report() {
  return {.frames = frames_,
          .loudness = loudness_.finish(),
          .pcm_sha256_hex = to_hex(sha_.finish()),
          .engine_version = dsp::engine_version};
}

}  // namespace soundhub::media
