// SPDX-License-Identifier: AGPL-3.0-or-later
#include "notices.hpp"
#include "output_blobs.hpp"
#include "queue.hpp"
#include "soundhub/services/work.hpp"
#include "soundhub/storage/parts.hpp"
#include "soundhub/storage/songs.hpp"
#include "views.hpp"

namespace soundhub::services {
namespace {

namespace rows = storage::parts;

struct Subject {
  takes::Take take;
  parts::Part part;
};

Result<Subject> subject(storage::ReadTx& tx, TakeId id) {
  SH_TRY(const auto take, rows::take(tx, id));
  if (!take) return fail(Errc::internal, "internal", "no such take");
  SH_TRY(const auto part, rows::get(tx, take->part));
  if (!part) return fail(Errc::internal, "internal", "take without part");
  return Subject{*take, *part};
}

takes::Facts facts_of(const media::IngestReport& report) {
  takes::Facts facts{.container = report.container,
                     .codec = report.codec,
                     .sample_rate = report.sample_rate,
                     .channels = report.channels,
                     .bits = report.bits,
                     .stem_channels = report.stem_channels,
                     .frames = report.frames,
                     .segments = report.segments,
                     .truncated = report.truncated,
                     .silent = report.silent,
                     .loudness = {}};
  if (report.loudness.has_loudness)
    facts.loudness =
        takes::Loudness{report.loudness.integrated_lufs, report.loudness.range_lu, report.loudness.true_peak_dbtp};
  return facts;
}

struct Pieces {
  std::vector<rows::Piece> segments, peaks;
  std::string preview_key;
};

Result<Pieces> pieces_of(const OutputBlobs& blobs, const media::IngestReport& report) {
  Pieces pieces;
  for (const auto& [output, stored] : blobs.stored()) {
    const rows::Piece piece{output.index, stored.key, stored.size_bytes};
    if (output.kind == media::OutputKind::segment) pieces.segments.push_back(piece);
    if (output.kind == media::OutputKind::peaks) pieces.peaks.push_back(piece);
  }
  if (static_cast<std::int32_t>(pieces.segments.size()) != report.segments)
    return fail(Errc::internal, "internal", "segments are missing");
  if (!pieces.segments.empty() && pieces.segments.back().number + 1 != report.segments)
    return fail(Errc::internal, "internal", "segments are missing");
  SH_TRY(const auto preview, blobs.get({media::OutputKind::preview, 0}));
  pieces.preview_key = preview.key;
  return pieces;
}

events::Event event_of(const Subject& s, std::string_view type, Time now) {
  return {.type = std::string{type}, .song = s.part.song, .part = s.part.id, .take = s.take.id, .created_at = now};
}

// The first part of a song that can be heard brings the song before everyone.
Result<void> publish(storage::WriteTx& tx, const parts::Part& part, Time now) {
  if (part.state != parts::State::accepted) return {};
  SH_TRY(const auto song, storage::songs::get(tx, part.song));
  if (!song || song->published) return {};
  SH_CHECK(storage::songs::set_published(tx, part.song));
  return queue::tell(tx, {.type = "song.changed", .song = part.song, .created_at = now});
}

// The owner's own part took its seat when it was put up; a file that can't be heard doesn't fill it.
Result<void> reopen_seat(storage::WriteTx& tx, const parts::Part& part) {
  if (part.state != parts::State::accepted || !part.seat) return {};
  SH_TRY(const auto seat, storage::songs::seat(tx, *part.seat));
  if (!seat || seat->state != songs::SeatState::filled) return {};
  SH_CHECK(storage::songs::set_seat_state(tx, *part.seat, songs::SeatState::open));
  return {};
}

}  // namespace

Ingest::Ingest(const Context& context, media::MediaWorker& media) : context_{context}, media_{media} {}

Result<void> Ingest::run(TakeId id, const Work& work) {
  SH_TRY(const auto found, context_.db.write([&](storage::WriteTx& tx) -> Result<Subject> {
    SH_TRY(auto s, subject(tx, id));
    if (s.take.state == takes::State::uploaded) {
      SH_CHECK(rows::set_take_state(tx, id, takes::State::ingesting, std::nullopt));
      s.take.state = takes::State::ingesting;
    } else if (s.take.state != takes::State::ingesting) {  // an earlier run landed it
      SH_CHECK(work.finish(tx));
    }
    return s;
  }));
  if (found.take.state != takes::State::ingesting) return {};

  SH_TRY(const auto file, BlobDescriptor::open(context_.blobs, found.take.blob_key));
  double told = -1;
  OutputBlobs outputs{context_.blobs, [&](double fraction) -> Result<void> {
                        SH_CHECK(work.progress(fraction));
                        if (fraction < told + 0.02) return {};
                        told = fraction;
                        return context_.db.write([&](storage::WriteTx& tx) -> Result<void> {
                          SH_CHECK(rows::set_take_progress(tx, id, fraction));
                          auto event = event_of(found, "take.progress", context_.clock.now());
                          event.progress = fraction;
                          return queue::tell(tx, event);
                        });
                      }};
  const auto report = media_.ingest(file.get(), outputs, work.stop);
  const auto now = context_.clock.now();
  if (!report) {
    if (!is_final(report.error(), work.last_attempt)) return tl::unexpected(report.error());
    context_.log.warn("take.rejected",
                      {{"take", id.value}, {"key", report.error().key}, {"detail", report.error().detail}});
    return context_.db.write([&](storage::WriteTx& tx) -> Result<void> {
      SH_CHECK(give_up(tx, id, report.error()));
      return work.finish(tx);
    });
  }
  SH_CHECK(outputs.settle());
  SH_TRY(const auto pieces, pieces_of(outputs, *report));
  return context_.db.write([&](storage::WriteTx& tx) -> Result<void> {
    SH_CHECK(rows::land_take(tx, id, facts_of(*report), pieces.segments, pieces.peaks, pieces.preview_key));
    SH_TRY(const auto current, subject(tx, id));  // the part may have been decided on meanwhile
    SH_CHECK(publish(tx, current.part, now));
    SH_CHECK(notices::part_can_be_heard(context_, tx, current.part));
    SH_CHECK(queue::tell(tx, event_of(current, "take.ready", now)));
    return work.finish(tx);
  });
}

Result<void> Ingest::give_up(storage::WriteTx& tx, TakeId id, const Error& error) const {
  SH_TRY(const auto found, subject(tx, id));
  SH_CHECK(rows::set_take_state(tx, id, takes::State::rejected, public_key(error)));
  SH_CHECK(reopen_seat(tx, found.part));
  auto event = event_of(found, "take.rejected", context_.clock.now());
  event.error_key = public_key(error);
  return queue::tell(tx, event);
}

}  // namespace soundhub::services
