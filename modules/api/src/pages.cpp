// SPDX-License-Identifier: AGPL-3.0-or-later
#include "pages.hpp"

#include <fmt/format.h>

#include <boost/json/serialize.hpp>

#include "access.hpp"
#include "json.hpp"
#include "soundhub/base/text.hpp"

namespace soundhub::api {
namespace {

constexpr std::string_view tagline = "Fill an empty seat. Watch the song grow.";
constexpr std::string_view tagline_ko = "빈자리를 채우면, 곡이 자랍니다.";

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

// JSON inside <script>: nothing in it may end the element or begin a comment.
std::string script_safe(const std::string& json) {
  std::string out;
  for (const char c : json) out += c == '<' ? "\\u003c" : std::string(1, c);
  return out;
}

void replace(std::string& text, std::string_view place, std::string_view with) {
  if (const auto at = text.find(place); at != std::string::npos) text.replace(at, place.size(), with);
}

// With the visitor's theme, so that the first paint is the right one.
std::string html_tag(const http::Request& request) {
  const auto theme = request.cookie("theme");
  const auto chosen = theme == "dark" || theme == "light" ? fmt::format("=\"{}\"", *theme) : std::string{};
  return fmt::format("<html lang=\"{}\" data-theme{}", language_of(request), chosen);
}

std::optional<std::string> path_tail(const std::string& path, std::string_view prefix) {
  if (!path.starts_with(prefix)) return std::nullopt;
  const auto tail = path.substr(prefix.size());
  return tail.empty() || tail.find('/') != std::string::npos ? std::nullopt : std::optional{tail};
}

std::string lanes_text(const services::SongView& view) {
  std::string out;
  for (const auto& part : view.parts)
    if (part.part.state == parts::State::accepted)
      out += fmt::format("<li>{}: {}</li>", songs::to_string(part.part.instrument), escaped(part.part.author.nickname));
  return out;
}

}  // namespace

struct Pages::Page {
  int status{200};
  std::string title, description, image;
  std::string first_view;  ///< HTML for those without scripts
  std::string api_path;    ///< whose answer `data` is
  boost::json::value data;
};

Pages::Pages(Services services, WebApp web) : services_{services}, web_{std::move(web)} {}

http::Response Pages::file_or_page(const http::Request& request) const {
  for (const auto& file : web_.files)
    if (file.path == request.path) return http::serve(file, request);
  const bool is_call = request.path.starts_with("/api/") || request.path.starts_with("/assets/");
  return is_call ? http::problem(404, "not_found") : page(request);
}

Pages::Page Pages::content(const http::Request& request, const Caller& caller) const {
  Page page{.title = "SoundHub", .description = std::string{language_of(request) == "ko" ? tagline_ko : tagline}};
  if (request.path == "/") {
    if (const auto home = services_.songs.home()) {
      page.api_path = "/api/v1/home";
      page.data = json_of(*home);
    }
    return page;
  }
  const auto song_id = path_tail(request.path, "/songs/");
  if (const auto id = song_id ? parse_integer(*song_id) : std::nullopt) {
    const auto view = services_.songs.get(caller.viewer(), SongId{*id});
    if (!view) {
      page.status = answer(view.error()).status;
      return page;
    }
    const auto& song = view->song;
    page.title = fmt::format("{} · {} · SoundHub", song.title, song.owner.nickname);
    if (!song.text.empty()) page.description = std::string{first_characters(song.text, 200)};
    if (song.cover_640_key) page.image = fmt::format("/api/v1/songs/{}/cover", song.id.value);
    page.first_view = fmt::format("<h1>{}</h1><p>{}</p><p>{}</p><ul>{}</ul>", escaped(song.title),
                                  escaped(song.owner.nickname), escaped(song.text), lanes_text(*view));
    page.api_path = fmt::format("/api/v1/songs/{}", song.id.value);
    page.data = json_of(*view);
  }
  return page;
}

http::Response Pages::page(const http::Request& request) const {
  Caller caller;
  if (auto found = caller_of(services_.accounts, request)) caller = *std::move(found);
  const auto content = this->content(request, caller);
  const auto scheme = request.secure ? "https://" : "http://";
  auto head = fmt::format(
      "<title>{0}</title><meta name=\"description\" content=\"{1}\"><meta property=\"og:site_name\" "
      "content=\"SoundHub\"><meta property=\"og:title\" content=\"{0}\"><meta property=\"og:description\" "
      "content=\"{1}\"><meta property=\"og:url\" content=\"{2}\">",
      escaped(content.title), escaped(content.description), escaped(scheme + request.host + request.path));
  if (!content.image.empty())
    head += fmt::format("<meta property=\"og:image\" content=\"{}\">", escaped(scheme + request.host + content.image));
  boost::json::object boot{{"path", content.api_path}, {"data", content.data}};
  boot["me"] = caller.known ? boost::json::value(json_of_me(caller.known->account)) : boost::json::value(nullptr);

  auto html = web_.index_html;
  replace(html, "<html lang=\"en\" data-theme", html_tag(request));
  replace(html, "<!--soundhub:head-->", head);
  replace(html, "<!--soundhub:boot-->",
          "<script type=\"application/json\" id=\"boot\">" + script_safe(boost::json::serialize(boot)) + "</script>");
  replace(html, "<!--soundhub:first-view-->", content.first_view);
  auto response = http::text(content.status, std::move(html), "text/html; charset=utf-8");
  response.headers.set("Cache-Control", "private, no-cache");
  response.headers.set("Vary", "Cookie, Accept-Language");
  return response;
}

}  // namespace soundhub::api
