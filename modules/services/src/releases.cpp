// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/services/releases.hpp"

#include "notices.hpp"
#include "queue.hpp"
#include "soundhub/base/sha256.hpp"
#include "soundhub/storage/mixes.hpp"
#include "soundhub/storage/parts.hpp"
#include "soundhub/storage/songs.hpp"
#include "views.hpp"

namespace soundhub::services {
namespace {

namespace rows = storage::releases;

constexpr int shown_releases = 100;

Result<std::vector<releases::Credit>> credits_of(storage::ReadTx& tx, const mixes::Settings& settings) {
  std::vector<releases::Credit> credits;
  for (const auto& channel : settings.channels) {
    if (!mixes::audible(settings, channel)) continue;
    SH_TRY(const auto part, storage::parts::get(tx, channel.part));
    if (part) credits.push_back({.part = part->id, .musician = part->author, .instrument = part->instrument});
  }
  if (credits.empty()) return fail(Errc::conflict, "release.nothing_audible");
  return credits;
}

// A render that exists is never made twice: its files are the new release's, too.
Result<void> share_files(const Context& context, storage::WriteTx& tx, const releases::Release& release,
                         const releases::Release& same, Time now) {
  SH_TRY(const auto found, rows::files(tx, {same.id}));
  std::vector<releases::File> files;
  for (const auto& row : found) files.push_back(row.file);
  SH_CHECK(rows::land(tx, release.id, same.rendered, files, now));
  SH_CHECK(storage::songs::set_latest_release(tx, release.song, release.id));
  SH_CHECK(notices::release_out(context, tx, release));
  return queue::tell(tx, {.type = "release.ready", .song = release.song, .release = release.id, .created_at = now});
}

Result<ReleaseView> view_of(storage::ReadTx& tx, ReleaseId id) {
  SH_TRY(auto release, rows::get(tx, id));
  if (!release) return fail(Errc::not_found, "release.not_found");
  SH_TRY(auto views, views::with_files_and_credits(tx, {*std::move(release)}));
  return std::move(views.front());
}

}  // namespace

Releases::Releases(const Context& context, int engine_version) : context_{context}, engine_version_{engine_version} {}

Result<ReleaseView> Releases::release(UserId owner, SongId song_id, MixId mix_id, const std::string& note) {
  const auto now = context_.clock.now();
  SH_TRY(const auto checked_note, songs::valid_note(note, 200));
  return context_.db.write([&](storage::WriteTx& tx) -> Result<ReleaseView> {
    SH_CHECK(views::own_song(tx, owner, song_id));
    SH_TRY(const auto mix, storage::mixes::get(tx, mix_id));
    if (!mix || mix->song != song_id) return fail(Errc::not_found, "mix.not_found");
    SH_TRY(const auto earlier, rows::of_song(tx, song_id, 1));
    if (!earlier.empty() && earlier.front().state == releases::State::rendering)
      return fail(Errc::conflict, "release.rendering");
    SH_TRY(const auto credits, credits_of(tx, mix->settings));
    releases::Release wanted;
    wanted.song = song_id;
    wanted.mix = mix_id;
    wanted.note = checked_note;
    wanted.created_at = now;
    wanted.graph_hash = sha256_hex(as_bytes(mixes::canonical_graph(mix->settings, engine_version_)));
    SH_TRY(const auto same, rows::by_graph(tx, wanted.graph_hash));
    SH_TRY(const auto release, rows::insert(tx, wanted, credits));
    if (same) {
      SH_CHECK(share_files(context_, tx, release, *same, now));
    } else {
      SH_CHECK(queue::add(tx, queue::render, release.id.value, now));
      SH_CHECK(queue::tell(tx, {.type = "release.started", .song = song_id, .release = release.id, .created_at = now}));
    }
    return view_of(tx, release.id);
  });
}

Result<ReleaseView> Releases::get(Viewer viewer, ReleaseId id) {
  return context_.db.read([&](storage::ReadTx& tx) -> Result<ReleaseView> {
    SH_TRY(auto view, view_of(tx, id));
    if (!views::visible_song(tx, viewer, view.release.song)) return fail(Errc::not_found, "release.not_found");
    return view;
  });
}

Result<std::vector<ReleaseView>> Releases::list(Viewer viewer, SongId song) {
  return context_.db.read([&](storage::ReadTx& tx) -> Result<std::vector<ReleaseView>> {
    SH_CHECK(views::visible_song(tx, viewer, song));
    SH_TRY(auto list, rows::of_song(tx, song, shown_releases));
    return views::with_files_and_credits(tx, std::move(list));
  });
}

}  // namespace soundhub::services
