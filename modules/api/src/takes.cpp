// SPDX-License-Identifier: AGPL-3.0-or-later
#include "json.hpp"
#include "routes.hpp"

namespace soundhub::api {

void add_takes(Rows& rows, Services& s) {
  const auto on_take = [&](std::string pattern, auto work) {
    rows.push_back(
        {http::Method::get, std::move(pattern), Access::anyone, [&s, work](http::Request& r, const Caller& c) {
           return with_id<TakeId>(r, "take_id", [&](TakeId id) { return work(s, r, c, id); });
         }});
  };
  on_take("/api/v1/takes/{take_id}", [](Services& sv, http::Request&, const Caller& c, TakeId id) {
    return reply(sv.listening.take(c.viewer(), id), [](const services::PartView& view) { return json_of(view.take); });
  });
  on_take("/api/v1/takes/{take_id}/preview.opus", [](Services& sv, http::Request& r, const Caller& c, TakeId id) {
    return reply_bytes(sv.listening.preview(c.viewer(), id, wanted(r, "audio/ogg")), "audio/ogg");
  });
  on_take("/api/v1/takes/{take_id}/original", [](Services& sv, http::Request& r, const Caller& c, TakeId id) {
    constexpr auto type = "application/octet-stream";
    auto original = sv.listening.original(c.viewer(), id, wanted(r, type, true));
    const auto name = original && !original->link ? attachment(original->file_name) : std::string{};
    auto response = reply_bytes(std::move(original), type);
    if (!name.empty()) response.headers.set("Content-Disposition", name);
    return response;
  });
  on_take("/api/v1/takes/{take_id}/segments/{segment}", [](Services& sv, http::Request& r, const Caller& c, TakeId id) {
    const auto number = path_number(r, "segment");
    if (!number) return answer(number.error());
    return reply_bytes(sv.listening.segment(c.viewer(), id, *number, wanted(r, "audio/flac")), "audio/flac");
  });
  on_take("/api/v1/takes/{take_id}/peaks/{samples_per_pixel}",
          [](Services& sv, http::Request& r, const Caller& c, TakeId id) {
            const auto level = path_number(r, "samples_per_pixel");
            return level ? reply_bytes(sv.listening.peaks(c.viewer(), id, *level), "application/octet-stream")
                         : answer(level.error());
          });
}

}  // namespace soundhub::api
