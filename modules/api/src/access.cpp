// SPDX-License-Identifier: AGPL-3.0-or-later
#include "access.hpp"

#include "soundhub/base/text.hpp"

namespace soundhub::api {
namespace {

bool changes_something(http::Method method) {
  return method != http::Method::get && method != http::Method::head && method != http::Method::options;
}

std::optional<std::string> bearer_token(const http::Request& request) {
  const auto header = request.header("Authorization");
  if (!header || header->size() < 8 || !equals_ignoring_case(header->substr(0, 7), "Bearer ")) return std::nullopt;
  return std::string{trim(header->substr(7))};
}

}  // namespace

Result<Caller> caller_of(services::Accounts& accounts, const http::Request& request) {
  if (const auto token = bearer_token(request)) {
    SH_TRY(auto known, accounts.caller(*token));
    return Caller{std::move(known)};
  }
  const auto cookie = request.cookie(cookie_name(request.secure));
  if (!cookie) return Caller{};
  auto known = accounts.caller(*cookie);
  if (known) return Caller{*std::move(known)};
  if (known.error().code == Errc::unauthenticated) return Caller{};
  return tl::unexpected(known.error());
}

Result<void> check_origin(const http::Request& request, const Caller& caller) {
  if (!changes_something(request.method)) return {};
  const auto refused = fail(Errc::forbidden, "csrf");
  if (const auto origin = request.header("Origin")) {
    const auto scheme_end = origin->find("://");
    const auto host = scheme_end == std::string_view::npos ? std::string_view{} : origin->substr(scheme_end + 3);
    if (!equals_ignoring_case(host, request.host)) return refused;
  }
  const bool by_cookie = caller.known && caller.known->session.kind == accounts::SessionKind::cookie;
  if (by_cookie && !request.header("X-SoundHub")) return refused;
  return {};
}

std::string_view language_of(const http::Request& request) {
  if (const auto chosen = request.cookie("lang")) return *chosen == "ko" ? "ko" : "en";
  const auto accepted = to_lower(request.header("Accept-Language").value_or(""));
  const auto ko = accepted.find("ko"), en = accepted.find("en");
  return ko < en ? "ko" : "en";
}

std::string cookie_name(bool secure) {
  return secure ? "__Host-soundhub" : "soundhub";
}

http::Cookie session_cookie(const http::Request& request, std::string token, std::chrono::seconds max_age) {
  http::Cookie cookie;
  cookie.name = cookie_name(request.secure);
  cookie.value = std::move(token);
  cookie.secure = request.secure;
  cookie.max_age = max_age;
  return cookie;
}

}  // namespace soundhub::api
