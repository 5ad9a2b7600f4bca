// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/services/listening.hpp"

#include <fmt/format.h>

#include "soundhub/blobs/store.hpp"
#include "soundhub/storage/mixes.hpp"
#include "soundhub/storage/parts.hpp"
#include "views.hpp"

namespace soundhub::services {

namespace {

// Long enough to hear a long song that is fetched as it plays; too short to be worth passing on.
constexpr std::chrono::minutes link_life{30};

}  // namespace

Listening::Listening(const Context& context, Delivery delivery) : context_{context}, delivery_{delivery} {}

Result<Audible> Listening::open(const std::string& key, std::string file_name, const Wanted& wanted) {
  SH_TRY(const auto blob, blobs::BlobKey::parse(key));
  if (delivery_ == Delivery::redirect && wanted.by_link) {
    const auto disposition = wanted.disposition ? wanted.disposition(file_name) : std::string{};
    SH_TRY(auto link, context_.blobs.link(blob, {link_life, wanted.content_type, disposition}));
    if (link) return Audible{nullptr, key, std::move(file_name), std::move(link)};
  }
  SH_TRY(auto source, context_.blobs.open(blob));
  return Audible{std::move(source), key, std::move(file_name), std::nullopt};
}

Result<PartView> Listening::take(Viewer viewer, TakeId id) {
  return context_.db.read([&](storage::ReadTx& tx) -> Result<PartView> {
    SH_TRY(auto found, views::visible_take(tx, viewer, id));
    return std::move(found.view);
  });
}

Result<Audible> Listening::preview(Viewer viewer, TakeId id, const Wanted& wanted) {
  SH_TRY(const auto view, take(viewer, id));
  if (!view.take.preview_key) return fail(Errc::not_found, "take.not_ready");
  return open(*view.take.preview_key, view.take.file_name + ".opus", wanted);
}

Result<Audible> Listening::original(Viewer viewer, TakeId id, const Wanted& wanted) {
  SH_TRY(const auto found, context_.db.read([&](storage::ReadTx& tx) { return views::visible_take(tx, viewer, id); }));
  if (viewer != found.view.part.author.id && viewer != found.song.owner.id)
    return fail(Errc::forbidden, "part.not_yours");
  return open(found.view.take.blob_key, found.view.take.file_name, wanted);
}

Result<Audible> Listening::segment(Viewer viewer, TakeId id, std::int64_t number, const Wanted& wanted) {
  SH_TRY(const auto key, context_.db.read([&](storage::ReadTx& tx) -> Result<std::optional<std::string>> {
    SH_CHECK(views::visible_take(tx, viewer, id));
    return storage::parts::segment_key(tx, id, number);
  }));
  if (!key) return fail(Errc::not_found, "take.no_such_segment");
  return open(*key, fmt::format("{}-{}.flac", id.value, number), wanted);
}

Result<Audible> Listening::peaks(Viewer viewer, TakeId id, std::int64_t samples_per_pixel) {
  SH_TRY(const auto key, context_.db.read([&](storage::ReadTx& tx) -> Result<std::optional<std::string>> {
    SH_CHECK(views::visible_take(tx, viewer, id));
    return storage::parts::peaks_key(tx, id, samples_per_pixel);
  }));
  if (!key) return fail(Errc::not_found, "take.no_such_peaks");
  return open(*key, fmt::format("{}.dat", samples_per_pixel));
}

Result<Audible> Listening::release_file(Viewer viewer, ReleaseId id, const std::string& name, const Wanted& wanted) {
  struct Found {
    releases::File file;
    std::string title;
    std::int64_t number{};
  };
  SH_TRY(const auto found, context_.db.read([&](storage::ReadTx& tx) -> Result<Found> {
    SH_TRY(const auto release, storage::releases::get(tx, id));
    if (!release) return fail(Errc::not_found, "release.not_found");
    const auto song = views::visible_song(tx, viewer, release->song);
    if (!song) return fail(Errc::not_found, "release.not_found");
    SH_TRY(const auto file, storage::releases::file(tx, id, name));
    if (!file) return fail(Errc::not_found, "release.no_such_file");
    return Found{*file, song->title, release->number};
  }));
  const auto ending = name.substr(name.rfind('.'));
  return open(found.file.blob_key, fmt::format("{} ({}){}", found.title, found.number, ending), wanted);
}

}  // namespace soundhub::services
