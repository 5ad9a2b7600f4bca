// SPDX-License-Identifier: AGPL-3.0-or-later
#include "output_blobs.hpp"
#include "queue.hpp"
#include "soundhub/services/work.hpp"
#include "soundhub/storage/songs.hpp"

namespace soundhub::services {

Cover::Cover(const Context& context, media::MediaWorker& media) : context_{context}, media_{media} {}

Result<void> Cover::run(SongId id, const Work& work) {
  SH_TRY(const auto song, context_.db.read([&](storage::ReadTx& tx) { return storage::songs::get(tx, id); }));
  if (!song || !song->cover_upload_key) return context_.db.write([&](storage::WriteTx& tx) { return work.finish(tx); });
  SH_TRY(const auto file, BlobDescriptor::open(context_.blobs, *song->cover_upload_key));
  OutputBlobs outputs{context_.blobs, work.progress};
  const auto report = media_.image(file.get(), outputs, work.stop);
  events::Event event{.type = "song.changed", .song = id, .created_at = context_.clock.now()};
  if (!report) {
    if (!is_final(report.error(), work.last_attempt)) return tl::unexpected(report.error());
    event.error_key = public_key(report.error());
    return context_.db.write([&](storage::WriteTx& tx) -> Result<void> {
      SH_CHECK(queue::tell(tx, event));
      return work.finish(tx);
    });
  }
  SH_CHECK(outputs.settle());
  SH_TRY(const auto large, outputs.get({media::OutputKind::image, 640}));
  SH_TRY(const auto small, outputs.get({media::OutputKind::image, 160}));
  return context_.db.write([&](storage::WriteTx& tx) -> Result<void> {
    SH_CHECK(storage::songs::set_cover(tx, id, *song->cover_upload_key, large.key, small.key));
    SH_CHECK(queue::tell(tx, event));
    return work.finish(tx);
  });
}

}  // namespace soundhub::services
