// SPDX-License-Identifier: AGPL-3.0-or-later
#include "json.hpp"
#include "routes.hpp"

namespace soundhub::api {
namespace {

struct NewRelease {
  MixId mix;
  std::string note;
};

NewRelease release_of(Fields& f) {
  return {MixId{f.integer("mix_id")}, f.optional_text("note").value_or("")};
}

http::Response show(const Result<services::ReleaseView>& release, int status = 200) {
  return reply(
      release, [](const services::ReleaseView& view) { return json_of(view); }, status);
}

std::string_view content_type(std::string_view file) {
  return file == "mix.flac" ? "audio/flac" : file == "mix.mp3" ? "audio/mpeg" : "audio/ogg";
}

http::Response file(Services& s, const http::Request& request, const Caller& caller, ReleaseId id) {
  const auto& name = request.params.find("file")->second;
  if (!name.starts_with("mix.")) return answer(Error{Errc::not_found, "release.no_such_file", {}});
  const bool download = request.query_value("download") == "true";
  auto found = s.listening.release_file(caller.viewer(), id, name, wanted(request, content_type(name), download));
  const auto download_name = found && !found->link ? found->file_name : std::string{};
  auto response = reply_bytes(std::move(found), content_type(name));
  if (download && !download_name.empty()) response.headers.set("Content-Disposition", attachment(download_name));
  return response;
}

http::Response peaks(Services& s, const http::Request& request, const Caller& caller, ReleaseId id) {
  const auto level = path_number(request, "samples_per_pixel");
  if (!level) return answer(level.error());
  return reply_bytes(s.listening.release_file(caller.viewer(), id, "peaks." + std::to_string(*level)),
                     "application/octet-stream");
}

}  // namespace

void add_releases(Rows& rows, Services& s) {
  using enum http::Method;
  rows.push_back({get, "/api/v1/songs/{song_id}/releases", Access::anyone, [&s](http::Request& r, const Caller& c) {
                    return with_id<SongId>(r, "song_id", [&](SongId song) {
                      return reply(s.releases.list(c.viewer(), song),
                                   [](const std::vector<services::ReleaseView>& list) { return array_of(list); });
                    });
                  }});
  rows.push_back({post, "/api/v1/songs/{song_id}/releases", Access::account, [&s](http::Request& r, const Caller& c) {
                    return with_id<SongId>(r, "song_id", [&](SongId song) {
                      return with_body(r, release_of, [&](const NewRelease& wanted) {
                        return show(s.releases.release(c.user(), song, wanted.mix, wanted.note), 202);
                      });
                    });
                  }});
  const auto on_release = [&](std::string pattern, auto work) {
    rows.push_back({get, std::move(pattern), Access::anyone, [&s, work](http::Request& r, const Caller& c) {
                      return with_id<ReleaseId>(r, "release_id", [&](ReleaseId id) { return work(s, r, c, id); });
                    }});
  };
  on_release("/api/v1/releases/{release_id}", [](Services& sv, http::Request&, const Caller& c, ReleaseId id) {
    return show(sv.releases.get(c.viewer(), id));
  });
  on_release("/api/v1/releases/{release_id}/files/{file}",
             [](Services& sv, http::Request& r, const Caller& c, ReleaseId id) { return file(sv, r, c, id); });
  on_release("/api/v1/releases/{release_id}/peaks/{samples_per_pixel}",
             [](Services& sv, http::Request& r, const Caller& c, ReleaseId id) { return peaks(sv, r, c, id); });
}

}  // namespace soundhub::api
