// SPDX-License-Identifier: AGPL-3.0-or-later
#include <fmt/format.h>

#include "notices.hpp"
#include "output_blobs.hpp"
#include "queue.hpp"
#include "soundhub/services/work.hpp"
#include "soundhub/storage/mixes.hpp"
#include "soundhub/storage/parts.hpp"
#include "soundhub/storage/songs.hpp"
#include "stem_fetch.hpp"

namespace soundhub::services {
namespace {

namespace rows = storage::releases;

// All that a render needs, read in one transaction: it works on this even if the song changes meanwhile.
struct Plan {
  releases::Release release;
  media::RenderRequest request;
  std::vector<std::vector<std::string>> segments;  ///< blob keys, per channel
};

// Inaudible channels aren't rendered: what isn't heard needn't be decoded, and the graph's hash leaves them out too.
Result<void> add_channels(storage::ReadTx& tx, const mixes::Settings& settings, Plan& plan) {
  for (const auto& channel : settings.channels) {
    if (!mixes::audible(settings, channel)) continue;
    SH_TRY(const auto take, storage::parts::take(tx, channel.take));
    if (!take || take->state != takes::State::ready) return fail(Errc::invalid, "release.take_missing");
    plan.request.channels.push_back({.stem_channels = static_cast<std::int32_t>(take->facts.stem_channels),
                                     .frames = take->facts.frames,
                                     .offset_frames = channel.offset_frames,
                                     .gain_db = channel.gain_db,
                                     .pan = channel.pan,
                                     .muted = false,
                                     .soloed = false});
    SH_TRY(auto keys, storage::parts::segment_keys(tx, channel.take));
    plan.segments.push_back(std::move(keys));
  }
  return {};
}

Result<Plan> plan_of(storage::ReadTx& tx, releases::Release release) {
  Plan plan;
  SH_TRY(const auto mix, storage::mixes::get(tx, release.mix));
  if (!mix) return fail(Errc::internal, "internal", "release without mix");
  SH_TRY(const auto song, storage::songs::get(tx, release.song));
  if (!song) return fail(Errc::internal, "internal", "release without song");
  SH_CHECK(add_channels(tx, mix->settings, plan));
  plan.request.master_gain_db = mix->settings.master.gain_db;
  plan.request.limiter = mix->settings.master.limiter;
  plan.request.ceiling_dbtp = mix->settings.master.ceiling_dbtp;
  plan.request.title = song->title;
  plan.request.artist = song->owner.nickname;
  plan.request.comment = fmt::format("SoundHub, release {}", release.number);
  plan.release = std::move(release);
  return plan;
}

std::string file_name(media::Output output) {
  switch (output.kind) {
    case media::OutputKind::flac:
      return "mix.flac";
    case media::OutputKind::mp3:
      return "mix.mp3";
    case media::OutputKind::opus:
      return "mix.opus";
    default:
      return fmt::format("peaks.{}", output.index);
  }
}

Result<std::vector<releases::File>> files_of(const OutputBlobs& outputs) {
  for (const auto kind : {media::OutputKind::flac, media::OutputKind::mp3, media::OutputKind::opus})
    SH_CHECK(outputs.get({kind, 0}));
  std::vector<releases::File> files;
  for (const auto& [output, stored] : outputs.stored())
    files.push_back({file_name(output), stored.key, stored.size_bytes});
  return files;
}

releases::Rendered rendered_of(const media::RenderReport& report) {
  releases::Rendered rendered{.engine_version = report.engine_version,
                              .frames = report.frames,
                              .loudness = {},
                              .pcm_sha256 = report.pcm_sha256_hex};
  if (report.loudness.has_loudness)
    rendered.loudness =
        takes::Loudness{report.loudness.integrated_lufs, report.loudness.range_lu, report.loudness.true_peak_dbtp};
  return rendered;
}

events::Event event_of(const releases::Release& release, std::string_view type, Time now) {
  return {
      .type = std::string{type}, .song = release.song, .mix = release.mix, .release = release.id, .created_at = now};
}

}  // namespace

Render::Render(const Context& context, media::MediaWorker& media) : context_{context}, media_{media} {}

Result<void> Render::run(ReleaseId id, const Work& work) {
  SH_TRY(const auto release, context_.db.read([&](storage::ReadTx& tx) { return rows::get(tx, id); }));
  if (!release) return fail(Errc::internal, "internal", "no such release");
  if (release->state != releases::State::rendering)  // an earlier run landed it
    return context_.db.write([&](storage::WriteTx& tx) { return work.finish(tx); });
  SH_TRY(const auto plan, context_.db.read([&](storage::ReadTx& tx) { return plan_of(tx, *release); }));

  double told = -1;
  OutputBlobs outputs{context_.blobs, [&](double fraction) -> Result<void> {
                        SH_CHECK(work.progress(fraction));
                        if (fraction < told + 0.02) return {};
                        told = fraction;
                        return context_.db.write([&](storage::WriteTx& tx) -> Result<void> {
                          SH_CHECK(rows::set_progress(tx, id, fraction));
                          auto event = event_of(plan.release, "release.progress", context_.clock.now());
                          event.progress = fraction;
                          return queue::tell(tx, event);
                        });
                      }};
  StemFetch segments{context_.blobs, plan.segments};
  const auto report = media_.render(plan.request, segments, outputs, work.stop);
  if (!report) {
    if (!is_final(report.error(), work.last_attempt)) return tl::unexpected(report.error());
    context_.log.warn("release.failed",
                      {{"release", id.value}, {"key", report.error().key}, {"detail", report.error().detail}});
    return context_.db.write([&](storage::WriteTx& tx) -> Result<void> {
      SH_CHECK(give_up(tx, id, report.error()));
      return work.finish(tx);
    });
  }
  SH_CHECK(outputs.settle());
  SH_TRY(const auto files, files_of(outputs));
  return context_.db.write([&](storage::WriteTx& tx) -> Result<void> {
    const auto now = context_.clock.now();
    SH_CHECK(rows::land(tx, id, rendered_of(*report), files, now));
    SH_CHECK(storage::songs::set_latest_release(tx, plan.release.song, id));
    SH_CHECK(notices::release_out(context_, tx, plan.release));
    SH_CHECK(queue::tell(tx, event_of(plan.release, "release.ready", now)));
    return work.finish(tx);
  });
}

Result<void> Render::give_up(storage::WriteTx& tx, ReleaseId id, const Error& error) const {
  SH_TRY(const auto release, rows::get(tx, id));
  if (!release) return fail(Errc::internal, "internal", "no such release");
  SH_CHECK(rows::set_state(tx, id, releases::State::failed, public_key(error)));
  auto event = event_of(*release, "release.failed", context_.clock.now());
  event.error_key = public_key(error);
  return queue::tell(tx, event);
}

}  // namespace soundhub::services
