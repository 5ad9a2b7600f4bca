// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/services/parts.hpp"

#include "allowance.hpp"
#include "new_part.hpp"
#include "notices.hpp"
#include "queue.hpp"
#include "soundhub/storage/parts.hpp"
#include "soundhub/storage/songs.hpp"
#include "views.hpp"

namespace soundhub::services {
namespace {

namespace rows = storage::parts;

Result<void> check_seat(storage::ReadTx& tx, SongId song, std::optional<SeatId> wanted) {
  if (!wanted) return {};
  SH_TRY(const auto seat, storage::songs::seat(tx, *wanted));
  if (!seat || seat->song != song) return fail(Errc::not_found, "song.seat_not_found");
  if (seat->state != songs::SeatState::open) return fail(Errc::conflict, "part.seat_taken");
  return {};
}

// An accepted part takes the seat it was offered on.
Result<void> fill_seat(storage::WriteTx& tx, std::optional<SeatId> id) {
  if (!id) return {};
  SH_TRY(const auto seat, storage::songs::seat(tx, *id));
  if (!seat || seat->state != songs::SeatState::open) return {};
  return storage::songs::set_seat_state(tx, *id, songs::SeatState::filled);
}

std::string event_type(parts::State state) {
  return "part." + std::string{parts::to_string(state)};
}

bool allowed(const views::PartInSong& found, UserId who, parts::State to) {
  return to == parts::State::withdrawn ? found.view.part.author.id == who : found.song.owner.id == who;
}

}  // namespace

Parts::Parts(const Context& context, Uploads& uploads, RateLimits limits)
    : context_{context}, uploads_{uploads}, limits_{limits} {}

Result<PartView> Parts::offer(UserId author, SongId song_id, const NewPart& wanted) {
  const auto now = context_.clock.now();
  SH_TRY(const auto note, songs::valid_note(wanted.note, 500));
  SH_TRY(const auto upload, uploads_.complete(author, wanted.upload_id));
  return context_.db.write([&](storage::WriteTx& tx) -> Result<PartView> {
    SH_TRY(const auto song, views::visible_song(tx, author, song_id));
    SH_CHECK(spend_hourly(tx, "offer:" + std::to_string(author.value), limits_.offers, now, "part.offers_paused"));
    SH_CHECK(check_seat(tx, song_id, wanted.seat));
    const bool own = songs::may_edit(song, author);
    parts::Part part{.id = {},
                     .song = song_id,
                     .author = {author, {}},
                     .seat = wanted.seat,
                     .instrument = wanted.instrument,
                     .note = note,
                     .state = own ? parts::State::accepted : parts::State::offered,
                     .take = {},
                     .created_at = now,
                     .decided_at = {}};
    if (own) {
      part.decided_at = now;
      SH_CHECK(fill_seat(tx, wanted.seat));
    }
    SH_TRY(const auto added, add_part(tx, part, upload, now));
    SH_CHECK(queue::tell(tx, {.type = event_type(added.part.state),
                              .song = song_id,
                              .part = added.part.id,
                              .take = added.take.id,
                              .created_at = now}));
    SH_TRY(auto found, views::visible_part(tx, author, added.part.id));
    return std::move(found.view);
  });
}

Result<PartView> Parts::edit(UserId author, PartId id, const Edit& edit) {
  const auto now = context_.clock.now();
  return context_.db.write([&](storage::WriteTx& tx) -> Result<PartView> {
    SH_TRY(auto found, views::visible_part(tx, author, id));
    auto& part = found.view.part;
    if (!parts::may_edit(part, author)) return fail(Errc::forbidden, "part.not_yours");
    if (edit.instrument) part.instrument = *edit.instrument;
    if (edit.note) {
      SH_TRY(part.note, songs::valid_note(*edit.note, 500));
    }
    SH_CHECK(rows::update(tx, part));
    SH_CHECK(queue::tell(tx, {.type = "part.changed", .song = part.song, .part = id, .created_at = now}));
    return std::move(found.view);
  });
}

Result<PartView> Parts::accept(UserId owner, PartId id) {
  return decide(owner, id, parts::State::accepted);
}
Result<PartView> Parts::decline(UserId owner, PartId id) {
  return decide(owner, id, parts::State::declined);
}
Result<PartView> Parts::withdraw(UserId author, PartId id) {
  return decide(author, id, parts::State::withdrawn);
}

Result<PartView> Parts::decide(UserId who, PartId id, parts::State to) {
  const auto now = context_.clock.now();
  return context_.db.write([&](storage::WriteTx& tx) -> Result<PartView> {
    SH_TRY(const auto found, views::visible_part(tx, who, id));
    const auto& part = found.view.part;
    if (!allowed(found, who, to)) return fail(Errc::forbidden, "part.not_yours");
    SH_CHECK(parts::next_state(part.state, to));
    if (to == parts::State::accepted) {
      if (found.view.take.state != takes::State::ready) return fail(Errc::conflict, "part.take_not_ready");
      SH_CHECK(fill_seat(tx, part.seat));
    }
    SH_CHECK(rows::set_state(tx, id, to, now));
    SH_CHECK(notices::part_decided(context_, tx, part, to));
    SH_CHECK(queue::tell(tx, {.type = event_type(to), .song = part.song, .part = id, .created_at = now}));
    SH_TRY(auto decided, views::visible_part(tx, who, id));
    return std::move(decided.view);
  });
}

}  // namespace soundhub::services
