// SPDX-License-Identifier: AGPL-3.0-or-later
#include "json.hpp"
#include "routes.hpp"

namespace soundhub::api {
namespace {

mixes::Channel channel_of(Fields& f) {
  return {.part = PartId{f.integer("part_id")},
          .take = TakeId{f.integer("take_id")},
          .gain_db = f.number("gain_db"),
          .pan = f.number("pan"),
          .muted = f.flag("muted", false),
          .soloed = f.flag("soloed", false),
          .offset_frames = f.optional_integer("offset_frames").value_or(0)};
}

mixes::Master master_of(Fields& f) {
  return {.gain_db = f.number("gain_db"),
          .limiter = f.flag("limiter", true),
          .ceiling_dbtp = f.optional_number("ceiling_dbtp").value_or(-1)};
}

mixes::Settings settings_of(Fields& f) {
  mixes::Settings settings;
  for (auto& channel : f.objects("channels")) {
    settings.channels.push_back(channel_of(channel));
    f.merge("channels", channel);
  }
  auto master = f.object("master");
  settings.master = master_of(master);
  f.merge("master", master);
  return settings;
}

services::Mixes::NewMix mix_of(Fields& f) {
  services::Mixes::NewMix wanted;
  if (const auto parent = f.optional_integer("parent_id")) wanted.parent = MixId{*parent};
  wanted.name = f.optional_text("name").value_or("");
  auto settings = f.object("settings");
  wanted.settings = settings_of(settings);
  f.merge("settings", settings);
  return wanted;
}

http::Response show(const Result<mixes::Mix>& mix, int status = 200) {
  return reply(
      mix, [](const mixes::Mix& m) { return json_of(m); }, status);
}

http::Response list(Services& s, const http::Request& request, const Caller& caller, SongId song) {
  const auto page = page_query(request);
  if (!page) return answer(page.error());
  const auto after = page->after ? std::optional{MixId{*page->after}} : std::nullopt;
  return reply(s.mixes.list(caller.viewer(), song, after, page->limit), [](const services::Mixes::Page& p) {
    boost::json::object body{{"mixes", array_of(p.mixes)}};
    if (p.next) body["next"] = p.next->value;
    return body;
  });
}

}  // namespace

void add_mixes(Rows& rows, Services& s) {
  using enum http::Method;
  rows.push_back({get, "/api/v1/songs/{song_id}/mixes", Access::anyone, [&s](http::Request& r, const Caller& c) {
                    return with_id<SongId>(r, "song_id", [&](SongId song) { return list(s, r, c, song); });
                  }});
  rows.push_back({post, "/api/v1/songs/{song_id}/mixes", Access::account, [&s](http::Request& r, const Caller& c) {
                    return with_id<SongId>(r, "song_id", [&](SongId song) {
                      return with_body(r, mix_of, [&](const services::Mixes::NewMix& wanted) {
                        return show(s.mixes.save(c.user(), song, wanted), 201);
                      });
                    });
                  }});
  rows.push_back({get, "/api/v1/mixes/{mix_id}", Access::anyone, [&s](http::Request& r, const Caller& c) {
                    return with_id<MixId>(r, "mix_id", [&](MixId id) { return show(s.mixes.get(c.viewer(), id)); });
                  }});
}

}  // namespace soundhub::api
