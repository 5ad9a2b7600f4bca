// SPDX-License-Identifier: AGPL-3.0-or-later
#include "json.hpp"
#include "routes.hpp"

namespace soundhub::api {
namespace {

using services::PartView;

services::Parts::NewPart part_of(Fields& f) {
  services::Parts::NewPart wanted{.instrument = f.parsed("instrument", songs::parse_instrument),
                                  .seat = {},
                                  .note = f.optional_text("note").value_or(""),
                                  .upload_id = f.text("upload_id", "upload.file_missing")};
  if (const auto seat = f.optional_integer("seat_id")) wanted.seat = SeatId{*seat};
  return wanted;
}

services::Parts::Edit edit_of(Fields& f) {
  return {.instrument = f.optional_parsed("instrument", songs::parse_instrument), .note = f.optional_text("note")};
}

http::Response show(const Result<PartView>& part, int status = 200) {
  return reply(
      part, [](const PartView& view) { return json_of(view); }, status);
}

using Decide = Result<PartView> (services::Parts::*)(UserId, PartId);

}  // namespace

void add_parts(Rows& rows, Services& s) {
  using enum http::Method;
  rows.push_back({post, "/api/v1/songs/{song_id}/parts", Access::account, [&s](http::Request& r, const Caller& c) {
                    return with_id<SongId>(r, "song_id", [&](SongId song) {
                      return with_body(r, part_of, [&](const services::Parts::NewPart& wanted) {
                        return show(s.parts.offer(c.user(), song, wanted), 201);
                      });
                    });
                  }});
  rows.push_back({patch, "/api/v1/parts/{part_id}", Access::account, [&s](http::Request& r, const Caller& c) {
                    return with_id<PartId>(r, "part_id", [&](PartId id) {
                      return with_body(r, edit_of, [&](const services::Parts::Edit& wanted) {
                        return show(s.parts.edit(c.user(), id, wanted));
                      });
                    });
                  }});
  const auto add_decision = [&](std::string_view verb, Decide decide) {
    rows.push_back({post, "/api/v1/parts/{part_id}/" + std::string{verb}, Access::account,
                    [&s, decide](http::Request& r, const Caller& c) {
                      return with_id<PartId>(r, "part_id",
                                             [&](PartId id) { return show((s.parts.*decide)(c.user(), id)); });
                    }});
  };
  add_decision("accept", &services::Parts::accept);
  add_decision("decline", &services::Parts::decline);
  add_decision("withdraw", &services::Parts::withdraw);
}

}  // namespace soundhub::api
