// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/services/songs.hpp"

#include "allowance.hpp"
#include "new_part.hpp"
#include "queue.hpp"
#include "soundhub/blobs/store.hpp"
#include "soundhub/storage/mixes.hpp"
#include "soundhub/storage/parts.hpp"
#include "soundhub/storage/songs.hpp"
#include "views.hpp"

namespace soundhub::services {
namespace {

namespace rows = storage::songs;

constexpr int home_cards = 12;
constexpr int shown_releases = 100;

Result<songs::Song> checked(UserId owner, const Songs::NewSong& wanted, Time now) {
  songs::Song song;
  song.owner.id = owner;
  SH_TRY(song.title, songs::valid_title(wanted.title));
  SH_TRY(song.text, songs::valid_text(wanted.text));
  song.genre = wanted.genre;
  song.licence = wanted.licence;
  if (wanted.tempo_bpm) {
    SH_TRY(song.tempo_bpm, songs::valid_tempo(*wanted.tempo_bpm));
  }
  if (wanted.musical_key && !wanted.musical_key->empty()) {
    SH_TRY(song.musical_key, songs::valid_key(*wanted.musical_key));
  }
  song.created_at = now;
  return song;
}

Result<songs::Seat> checked(SongId song, const Songs::NewSeat& wanted, Time now) {
  songs::Seat seat{.id = {}, .song = song, .instrument = wanted.instrument, .note = {}, .state = {}, .created_at = now};
  SH_TRY(seat.note, songs::valid_note(wanted.note, 200));
  return seat;
}

Result<void> apply(songs::Song& song, const Songs::Edit& edit) {
  if (edit.title) {
    SH_TRY(song.title, songs::valid_title(*edit.title));
  }
  if (edit.text) {
    SH_TRY(song.text, songs::valid_text(*edit.text));
  }
  if (edit.genre) song.genre = *edit.genre;
  if (edit.licence) song.licence = *edit.licence;
  if (edit.tempo_bpm) {
    song.tempo_bpm.reset();
    if (*edit.tempo_bpm) {
      SH_TRY(song.tempo_bpm, songs::valid_tempo(**edit.tempo_bpm));
    }
  }
  if (edit.musical_key) {
    song.musical_key.reset();
    if (*edit.musical_key && !(*edit.musical_key)->empty()) {
      SH_TRY(song.musical_key, songs::valid_key(**edit.musical_key));
    }
  }
  return {};
}

// The upload's blob becomes the song's cover; the job 'cover' makes the pictures.
Result<void> use_cover(storage::WriteTx& tx, songs::Song& song, const uploads::Upload& upload) {
  SH_TRY(song.cover_upload_key, use_upload(tx, upload));
  return {};
}

}  // namespace

Songs::Songs(const Context& context, Uploads& uploads, RateLimits limits)
    : context_{context}, uploads_{uploads}, limits_{limits} {}

Result<SongId> Songs::create(UserId owner, const NewSong& wanted) {
  const auto now = context_.clock.now();
  SH_TRY(auto song, checked(owner, wanted, now));
  SH_TRY(const auto note, songs::valid_note(wanted.note, 500));
  if (wanted.seats.size() > songs::max_open_seats) return fail(Errc::invalid, "song.too_many_seats");
  SH_TRY(const auto upload, uploads_.complete(owner, wanted.upload_id));
  std::optional<uploads::Upload> cover;
  if (wanted.cover_upload_id) {
    SH_TRY(cover, uploads_.complete(owner, *wanted.cover_upload_id));
  }
  return context_.db.write([&](storage::WriteTx& tx) -> Result<SongId> {
    SH_CHECK(spend_hourly(tx, "song:" + std::to_string(owner.value), limits_.songs, now, "song.songs_paused"));
    if (cover) SH_CHECK(use_cover(tx, song, *cover));
    SH_TRY(song.id, rows::insert(tx, song));
    for (const auto& seat : wanted.seats) {
      SH_TRY(const auto row, checked(song.id, seat, now));
      SH_CHECK(rows::insert_seat(tx, row));
    }
    const parts::Part part{.id = {},
                           .song = song.id,
                           .author = {owner, {}},
                           .seat = {},
                           .instrument = wanted.instrument,
                           .note = note,
                           .state = parts::State::accepted,
                           .take = {},
                           .created_at = now,
                           .decided_at = now};
    SH_CHECK(add_part(tx, part, upload, now));
    if (cover) SH_CHECK(queue::add(tx, queue::cover, song.id.value, now));
    return song.id;
  });
}

Result<void> Songs::edit(UserId editor, SongId id, const Edit& edit) {
  const auto now = context_.clock.now();
  std::optional<uploads::Upload> cover;
  if (edit.cover_upload_id) {
    SH_TRY(cover, uploads_.complete(editor, *edit.cover_upload_id));
  }
  return context_.db.write([&](storage::WriteTx& tx) -> Result<void> {
    SH_TRY(auto song, views::own_song(tx, editor, id));
    SH_CHECK(apply(song, edit));
    if (cover) SH_CHECK(use_cover(tx, song, *cover));
    SH_CHECK(rows::update(tx, song));
    if (cover) SH_CHECK(queue::add(tx, queue::cover, id.value, now));
    return queue::tell(tx, {.type = "song.changed", .song = id, .created_at = now});
  });
}

Result<void> Songs::remove(UserId editor, SongId id) {
  const auto now = context_.clock.now();
  return context_.db.write([&](storage::WriteTx& tx) -> Result<void> {
    SH_CHECK(views::own_song(tx, editor, id));
    SH_CHECK(rows::set_deleted(tx, id, now));
    return queue::tell(tx, {.type = "song.changed", .song = id, .created_at = now});
  });
}

Result<SongView> Songs::get(Viewer viewer, SongId id) {
  return context_.db.read([&](storage::ReadTx& tx) -> Result<SongView> {
    SongView view;
    SH_TRY(view.song, views::visible_song(tx, viewer, id));
    SH_TRY(view.seats, rows::open_seats(tx, {id}));
    SH_TRY(view.parts, views::parts_of(tx, view.song, viewer));
    SH_TRY(auto releases, storage::releases::of_song(tx, id, shown_releases));
    SH_TRY(view.releases, views::with_files_and_credits(tx, std::move(releases)));
    if (view.song.head_mix) {
      SH_TRY(view.mix, storage::mixes::get(tx, *view.song.head_mix));
    }
    SH_TRY(view.event, storage::outbox::last(tx));
    view.may_edit = songs::may_edit(view.song, viewer);
    view.may_offer = viewer.has_value();
    return view;
  });
}

Result<Songs::Page> Songs::list(Viewer viewer, const Wanted& wanted) {
  return context_.db.read([&](storage::ReadTx& tx) -> Result<Page> {
    const rows::Filter filter{.owner = wanted.owner,
                              .genre = wanted.genre,
                              .open_seat = wanted.open_seat,
                              .any_open_seat = wanted.any_open_seat,
                              .include_unpublished = wanted.owner && wanted.owner == viewer,
                              .before = wanted.after,
                              .limit = wanted.limit};
    SH_TRY(auto list, rows::list(tx, filter));
    Page page;
    if (static_cast<int>(list.size()) == wanted.limit && !list.empty()) page.next = list.back().id;
    SH_TRY(page.songs, views::cards(tx, std::move(list), viewer));
    return page;
  });
}

Result<Home> Songs::home() {
  return context_.db.read([&](storage::ReadTx& tx) -> Result<Home> {
    Home home;
    SH_TRY(auto seeking, rows::list(tx, {.any_open_seat = true, .limit = home_cards}));
    SH_TRY(home.seeking, views::cards(tx, std::move(seeking), std::nullopt));
    SH_TRY(auto released, rows::list_released(tx, std::nullopt, home_cards));
    SH_TRY(home.released, views::cards(tx, std::move(released), std::nullopt));
    SH_TRY(const auto joined, storage::parts::latest_joined(tx, 8));
    for (const auto& row : joined) {
      SH_TRY(const auto take, storage::parts::take(tx, *row.part.take));
      home.grew.push_back(
          {.part = {.part = row.part, .take = take.value_or(takes::Take{})}, .song_title = row.song_title});
    }
    return home;
  });
}

Result<songs::Seat> Songs::open_seat(UserId editor, SongId id, const NewSeat& wanted) {
  const auto now = context_.clock.now();
  SH_TRY(auto seat, checked(id, wanted, now));
  return context_.db.write([&](storage::WriteTx& tx) -> Result<songs::Seat> {
    SH_CHECK(views::own_song(tx, editor, id));
    SH_TRY(const auto seats, rows::open_seats(tx, {id}));
    if (seats.size() >= songs::max_open_seats) return fail(Errc::invalid, "song.too_many_seats");
    SH_TRY(seat.id, rows::insert_seat(tx, seat));
    SH_CHECK(queue::tell(tx, {.type = "song.changed", .song = id, .created_at = now}));
    return seat;
  });
}

Result<void> Songs::close_seat(UserId editor, SongId id, SeatId seat_id) {
  const auto now = context_.clock.now();
  return context_.db.write([&](storage::WriteTx& tx) -> Result<void> {
    SH_CHECK(views::own_song(tx, editor, id));
    SH_TRY(const auto seat, rows::seat(tx, seat_id));
    if (!seat || seat->song != id) return fail(Errc::not_found, "song.seat_not_found");
    if (seat->state != songs::SeatState::open) return {};
    SH_CHECK(rows::set_seat_state(tx, seat_id, songs::SeatState::closed));
    return queue::tell(tx, {.type = "song.changed", .song = id, .created_at = now});
  });
}

Result<std::unique_ptr<ByteSource>> Songs::cover(Viewer viewer, SongId id, int side, std::string& tag) {
  SH_TRY(const auto song, context_.db.read([&](storage::ReadTx& tx) { return views::visible_song(tx, viewer, id); }));
  const auto& key = side == 160 ? song.cover_160_key : song.cover_640_key;
  if (!key) return fail(Errc::not_found, "song.no_cover");
  SH_TRY(const auto blob, blobs::BlobKey::parse(*key));
  tag = *key;
  return context_.blobs.open(blob);
}

}  // namespace soundhub::services
