// SPDX-License-Identifier: AGPL-3.0-or-later
#include "event_hub.hpp"
#include "routes.hpp"

namespace soundhub::api {
namespace {

// Where to go on from: the browser's own header after a break, else what the page asked for, else now.
Result<EventId> resume_point(Services& s, const http::Request& request) {
  if (const auto header = request.header("Last-Event-ID"))
    if (const auto id = parse_integer(*header)) return EventId{*id};
  if (const auto query = request.query_value("last_event_id"))
    if (const auto id = parse_integer(*query)) return EventId{*id};
  return s.events.last();
}

Result<EventHub::Subscription> subscription(Services& s, const http::Request& request, const Caller& caller) {
  EventHub::Subscription wanted{.viewer = caller.viewer(), .song = {}, .after = {}};
  SH_TRY(wanted.after, resume_point(s, request));
  if (const auto song = request.query_value("song")) {
    const auto id = parse_integer(*song);
    if (!id) return fail(Errc::not_found, "song.not_found");
    wanted.song = SongId{*id};
    SH_TRY(const auto may, s.events.may_follow(wanted.viewer, *wanted.song));
    if (!may) return fail(Errc::not_found, "song.not_found");
  }
  return wanted;
}

}  // namespace

void add_events(Rows& rows, Services& s, EventHub& hub) {
  rows.push_back({http::Method::get, "/api/v1/events", Access::anyone, [&s, &hub](http::Request& r, const Caller& c) {
                    const auto wanted = subscription(s, r, c);
                    if (!wanted) return answer(wanted.error());
                    http::Response response;
                    response.body =
                        http::EventBody{[&hub, wanted = *wanted](std::shared_ptr<http::EventSender> sender) {
                          hub.subscribe(wanted, std::move(sender));
                        }};
                    return response;
                  }});
}

void add_health(Rows& rows, std::function<Result<void>()> ready) {
  const auto fine = [] {
    auto response = http::text(200, "ok\n", "text/plain; charset=utf-8");
    response.headers.set("Cache-Control", "no-store");
    return response;
  };
  rows.push_back(
      {http::Method::get, "/healthz", Access::anyone, [fine](http::Request&, const Caller&) { return fine(); }});
  rows.push_back(
      {http::Method::get, "/readyz", Access::anyone, [fine, ready = std::move(ready)](http::Request&, const Caller&) {
         const auto checked = ready();
         return checked ? fine() : answer(Error{Errc::unavailable, "not_ready", checked.error().detail});
       }});
}

}  // namespace soundhub::api
