// SPDX-License-Identifier: AGPL-3.0-or-later
#include "answers.hpp"

#include <array>
#include <boost/json/serialize.hpp>
#include <utility>

namespace soundhub::api {
namespace {

int status_of(Errc code) {
  switch (code) {
    case Errc::invalid:
      return 422;
    case Errc::unauthenticated:
      return 401;
    case Errc::forbidden:
      return 403;
    case Errc::not_found:
      return 404;
    case Errc::conflict:
      return 409;
    case Errc::too_large:
      return 413;
    case Errc::too_many:
      return 429;
    case Errc::unavailable:
      return 503;
    case Errc::internal:
      break;
  }
  return 500;
}

// Which input a key is about: a form shows it there.
constexpr std::array<std::pair<std::string_view, std::string_view>, 14> field_of{{
    {"account.email", "email"},
    {"account.nickname", "nickname"},
    {"account.password", "password"},
    {"song.title", "title"},
    {"song.text_", "text"},
    {"song.note", "note"},
    {"song.tempo", "tempo_bpm"},
    {"song.key", "musical_key"},
    {"song.instrument", "instrument"},
    {"song.genre", "genre"},
    {"song.licence", "licence"},
    {"song.too_many_seats", "seats"},
    {"mix.name", "name"},
    {"upload.", "upload_id"},
}};

std::map<std::string, std::string> fields_of(const std::string& key) {
  for (const auto& [prefix, field] : field_of)
    if (key.starts_with(prefix)) return {{std::string{field}, key}};
  return {};
}

}  // namespace

http::Response answer(const Error& error) {
  const int status = status_of(error.code);
  auto response =
      status == 500 ? http::problem(500, "internal") : http::problem(status, error.key, fields_of(error.key));
  if (status == 503) response.headers.set("Retry-After", "2");
  if (status == 429) response.headers.set("Retry-After", "30");
  if (status == 401) response.headers.set("WWW-Authenticate", "Bearer");
  return response;
}

http::Response answer(int status, const boost::json::value& body) {
  auto response = http::json(status, boost::json::serialize(body));
  response.headers.set("Cache-Control", "private, no-cache");
  return response;
}

http::Response reply_empty(const Result<void>& result) {
  return result ? http::empty(204) : answer(result.error());
}

http::Response reply_bytes(Result<services::Audible> result, std::string_view content_type) {
  if (!result) return answer(result.error());
  if (result->link) {
    auto response = http::redirect(302, *result->link);
    // Whoever may hear it today may not tomorrow, and the link ends before that.
    response.headers.set("Cache-Control", "private, no-store");
    return response;
  }
  http::Response response;
  response.headers.set("Content-Type", std::string{content_type});
  response.headers.set("ETag", "\"" + result->tag + "\"");
  // private: a proxy in between can't know who may hear it.
  response.headers.set("Cache-Control", "private, max-age=31536000, immutable");
  response.body = std::move(result->source);
  return response;
}

services::Wanted wanted(const http::Request& request, std::string_view content_type, bool download) {
  // A link is signed for GET alone.
  return {.by_link = request.method == http::Method::get,
          .content_type = std::string{content_type},
          .disposition = download ? &attachment : nullptr};
}

std::string attachment(const std::string& file_name) {
  std::string ascii;
  for (const char c : file_name) ascii += c >= 0x20 && c < 0x7f && c != '"' && c != '\\' ? c : '_';
  return "attachment; filename=\"" + ascii + "\"; filename*=UTF-8''" + http::percent_encode(file_name);
}

}  // namespace soundhub::api
