// SPDX-License-Identifier: AGPL-3.0-or-later
#include "json.hpp"
#include "routes.hpp"

namespace soundhub::api {
namespace {

using services::SongView;

services::Songs::NewSeat seat_of(Fields& f) {
  return {.instrument = f.parsed("instrument", songs::parse_instrument), .note = f.optional_text("note").value_or("")};
}

services::Songs::NewSong song_of(Fields& f) {
  services::Songs::NewSong wanted{.title = f.text("title", "song.title_missing"),
                                  .instrument = f.parsed("instrument", songs::parse_instrument),
                                  .genre = f.parsed("genre", songs::parse_genre),
                                  .tempo_bpm = f.optional_number("tempo_bpm"),
                                  .musical_key = f.optional_text("musical_key"),
                                  .licence = f.parsed("licence", songs::parse_licence),
                                  .text = f.optional_text("text").value_or(""),
                                  .note = f.optional_text("note").value_or(""),
                                  .seats = {},
                                  .upload_id = f.text("upload_id", "upload.file_missing"),
                                  .cover_upload_id = f.optional_text("cover_upload_id")};
  for (auto& seat : f.objects("seats")) {
    wanted.seats.push_back(seat_of(seat));
    f.merge("seats", seat);
  }
  return wanted;
}

services::Songs::Edit edit_of(Fields& f) {
  services::Songs::Edit edit{.title = f.optional_text("title"),
                             .text = f.optional_text("text"),
                             .genre = f.optional_parsed("genre", songs::parse_genre),
                             .tempo_bpm = {},
                             .musical_key = {},
                             .licence = f.optional_parsed("licence", songs::parse_licence),
                             .cover_upload_id = f.optional_text("cover_upload_id")};
  if (f.has("tempo_bpm") || f.is_null("tempo_bpm")) edit.tempo_bpm = f.optional_number("tempo_bpm");
  if (f.has("musical_key") || f.is_null("musical_key")) edit.musical_key = f.optional_text("musical_key");
  return edit;
}

http::Response show(Services& s, services::Viewer viewer, SongId id, int status = 200) {
  return reply(
      s.songs.get(viewer, id), [](const SongView& view) { return json_of(view); }, status);
}

Result<services::Songs::Wanted> wanted_of(Services& s, const http::Request& request) {
  services::Songs::Wanted wanted;
  SH_TRY(const auto page, page_query(request));
  wanted.limit = page.limit;
  if (page.after) wanted.after = SongId{*page.after};
  if (const auto seat = request.query_value("seat")) {
    SH_TRY(wanted.open_seat, songs::parse_instrument(*seat));
  }
  if (const auto genre = request.query_value("genre")) {
    SH_TRY(wanted.genre, songs::parse_genre(*genre));
  }
  wanted.any_open_seat = request.query_value("open") == "true";
  if (const auto owner = request.query_value("owner")) {
    SH_TRY(const auto account, s.accounts.by_nickname(*owner));
    wanted.owner = account.id;
  }
  return wanted;
}

http::Response list(Services& s, const http::Request& request, const Caller& caller) {
  const auto wanted = wanted_of(s, request);
  if (!wanted) return answer(wanted.error());
  return reply(s.songs.list(caller.viewer(), *wanted), [](const services::Songs::Page& page) {
    boost::json::object body{{"songs", array_of(page.songs)}};
    if (page.next) body["next"] = page.next->value;
    return body;
  });
}

http::Response create(Services& s, http::Request& request, const Caller& caller) {
  return with_body(request, song_of, [&](const services::Songs::NewSong& wanted) {
    const auto id = s.songs.create(caller.user(), wanted);
    if (!id) return answer(id.error());
    auto response = show(s, caller.viewer(), *id, 201);
    response.headers.set("Location", "/api/v1/songs/" + std::to_string(id->value));
    return response;
  });
}

http::Response edit(Services& s, http::Request& request, const Caller& caller, SongId id) {
  return with_body(request, edit_of, [&](const services::Songs::Edit& wanted) {
    const auto edited = s.songs.edit(caller.user(), id, wanted);
    return edited ? show(s, caller.viewer(), id) : answer(edited.error());
  });
}

http::Response cover(Services& s, const http::Request& request, const Caller& caller, SongId id) {
  const int side = request.query_value("side") == "160" ? 160 : 640;
  std::string tag;
  auto source = s.songs.cover(caller.viewer(), id, side, tag);
  if (!source) return answer(source.error());
  return reply_bytes(services::Audible{*std::move(source), tag, {}, {}}, "image/jpeg");
}

http::Response open_seat(Services& s, http::Request& request, const Caller& caller, SongId id) {
  return with_body(request, seat_of, [&](const services::Songs::NewSeat& wanted) {
    return reply(
        s.songs.open_seat(caller.user(), id, wanted), [](const songs::Seat& seat) { return json_of(seat); }, 201);
  });
}

}  // namespace

void add_songs(Rows& rows, Services& s) {
  using enum http::Method;
  const auto on_song = [&](http::Method method, std::string pattern, Access access, auto work) {
    rows.push_back({method, std::move(pattern), access, [&s, work](http::Request& r, const Caller& c) {
                      return with_id<SongId>(r, "song_id", [&](SongId id) { return work(s, r, c, id); });
                    }});
  };
  rows.push_back({get, "/api/v1/home", Access::anyone, [&s](http::Request&, const Caller&) {
                    return reply(s.songs.home(), [](const services::Home& home) { return json_of(home); });
                  }});
  rows.push_back(
      {get, "/api/v1/songs", Access::anyone, [&s](http::Request& r, const Caller& c) { return list(s, r, c); }});
  rows.push_back(
      {post, "/api/v1/songs", Access::account, [&s](http::Request& r, const Caller& c) { return create(s, r, c); }});
  on_song(get, "/api/v1/songs/{song_id}", Access::anyone,
          [](Services& sv, http::Request&, const Caller& c, SongId id) { return show(sv, c.viewer(), id); });
  on_song(patch, "/api/v1/songs/{song_id}", Access::account,
          [](Services& sv, http::Request& r, const Caller& c, SongId id) { return edit(sv, r, c, id); });
  on_song(del, "/api/v1/songs/{song_id}", Access::account,
          [](Services& sv, http::Request&, const Caller& c, SongId id) {
            return reply_empty(sv.songs.remove(c.user(), id));
          });
  on_song(get, "/api/v1/songs/{song_id}/cover", Access::anyone,
          [](Services& sv, http::Request& r, const Caller& c, SongId id) { return cover(sv, r, c, id); });
  on_song(post, "/api/v1/songs/{song_id}/seats", Access::account,
          [](Services& sv, http::Request& r, const Caller& c, SongId id) { return open_seat(sv, r, c, id); });
  on_song(del, "/api/v1/songs/{song_id}/seats/{seat_id}", Access::account,
          [](Services& sv, http::Request& r, const Caller& c, SongId id) {
            return with_id<SeatId>(r, "seat_id",
                                   [&](SeatId seat) { return reply_empty(sv.songs.close_seat(c.user(), id, seat)); });
          });
}

}  // namespace soundhub::api
