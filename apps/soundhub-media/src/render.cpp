// SPDX-License-Identifier: AGPL-3.0-or-later
#include "render.hpp"

#include <algorithm>
#include <cmath>

#include "master_files.hpp"
#include "soundhub/dsp/engine.hpp"
#include "stem_feed.hpp"

namespace soundhub::media {
namespace {

constexpr int block_frames = 4096;
static_assert(block_frames % dsp::quantum == 0 && dsp::segment_frames % dsp::quantum == 0);
static_assert(dsp::Engine::latency_frames() % dsp::quantum == 0);

tl::unexpected<Error> invalid(std::string why) {
  return fail(Errc::invalid, "render.invalid", std::move(why));
}

bool in_range(const RenderChannel& c, std::int64_t most_frames) {
  return (c.stem_channels == 1 || c.stem_channels == 2) && c.frames > 0 && c.frames <= most_frames &&
         std::abs(c.offset_frames) <= most_frames && c.gain_db <= 12 && c.gain_db >= -1000 && std::abs(c.pan) <= 1;
}

Result<void> check(const RenderRequest& request, std::int64_t most_frames) {
  if (request.channels.empty()) return invalid("no channels");
  if (request.channels.size() > static_cast<std::size_t>(dsp::max_channels)) return invalid("too many channels");
  for (const auto& channel : request.channels)
    if (!in_range(channel, most_frames)) return invalid("a channel's settings are out of range");
  if (std::abs(request.master_gain_db) > 90 || request.ceiling_dbtp > 0 || request.ceiling_dbtp < -20)
    return invalid("the master's settings are out of range");
  return {};
}

void set_up(dsp::Engine& engine, const RenderRequest& request) {
  engine.prepare(static_cast<int>(request.channels.size()));
  engine.set_master_metered(false);  // MasterFiles measures what is in the files
  for (std::size_t i = 0; i < request.channels.size(); ++i) {
    const auto& c = request.channels[i];
    engine.set_stem(static_cast<int>(i),
                    {.channels = c.stem_channels, .frames = c.frames, .offset_frames = c.offset_frames});
    engine.set_channel(static_cast<int>(i), {.gain_db = static_cast<float>(c.gain_db),
                                             .pan = static_cast<float>(c.pan),
                                             .muted = c.muted,
                                             .soloed = c.soloed});
  }
  engine.set_master({.gain_db = static_cast<float>(request.master_gain_db),
                     .limiter = request.limiter,
                     .ceiling_dbtp = static_cast<float>(request.ceiling_dbtp)});
  engine.seek(0);
}

void interleave(std::span<const float> left, std::span<const float> right, std::vector<float>& out) {
  out.resize(2 * left.size());
  for (std::size_t i = 0; i < left.size(); ++i) {
    out[2 * i] = left[i];
    out[2 * i + 1] = right[i];
  }
}

Result<RenderRequest> receive_request(Wire& wire) {
  auto message = wire.receive();
  if (!message) return tl::unexpected(std::move(message).error());
  if (auto* request = std::get_if<RenderRequest>(&*message)) return std::move(*request);
  return fail(Errc::internal, "media.protocol", "no request");
}

/// Blocks end where segments do (when the stems' offsets are whole quanta): so no channel holds two of them at once.
int next_block(const dsp::Engine& engine) {
  const auto segment = static_cast<std::int64_t>(dsp::segment_frames);
  return static_cast<int>(std::min<std::int64_t>(block_frames, segment - engine.position() % segment));
}

Result<void> mix(dsp::Engine& engine, StemFeed& feed, MasterFiles& files, std::int64_t frames) {
  SH_CHECK(feed.fill(dsp::Engine::latency_frames()));
  engine.prime();
  std::vector<float> left(block_frames);
  std::vector<float> right(block_frames);
  std::vector<float> interleaved;
  Quantizer quantizer;
  for (std::int64_t done = 0; done < frames;) {
    const auto block = next_block(engine);
    SH_CHECK(feed.fill(block));
    engine.process(left.data(), right.data(), block);
    const auto take = static_cast<std::size_t>(std::min<std::int64_t>(block, frames - done));
    interleave(std::span{left}.first(take), std::span{right}.first(take), interleaved);
    SH_CHECK(files.push(quantizer.quantize(interleaved, 2)));
    done += static_cast<std::int64_t>(take);
  }
  if (engine.underruns() != 0) return fail(Errc::internal, "render.engine", "a segment came too late");
  return {};
}

}  // namespace

Result<RenderReport> render(std::int64_t most_seconds, Wire& wire) {
  SH_TRY(const auto request, receive_request(wire));
  const auto most_frames = most_seconds * stem_rate;
  SH_CHECK(check(request, most_frames));
  const auto engine = std::make_unique<dsp::Engine>();
  set_up(*engine, request);
  const auto frames = engine->song_frames();
  if (frames <= 0 || frames > most_frames) return invalid("length " + std::to_string(frames));
  StemFeed feed{request, *engine, wire};
  SH_TRY(const auto files, MasterFiles::start(request, frames, wire));
  SH_CHECK(mix(*engine, feed, *files, frames));
  SH_CHECK(files->finish());
  return files->report();
}

}  // namespace soundhub::media
