// SPDX-License-Identifier: AGPL-3.0-or-later
#include "access.hpp"
#include "json.hpp"

namespace soundhub::api {
namespace {

constexpr int profile_songs = 50;

}  // namespace

http::Response start_session(Services& s, const http::Request& request, const accounts::Account& account, bool bearer) {
  const auto token =
      s.accounts.open_session(account.id, bearer ? accounts::SessionKind::bearer : accounts::SessionKind::cookie);
  if (!token) return answer(token.error());
  boost::json::object body{{"me", json_of_me(account)}};
  if (bearer) body["token"] = token->text;
  auto response = answer(201, body);
  response.headers.set("Cache-Control", "no-store");
  if (!bearer) {
    const auto lifetime =
        std::chrono::duration_cast<std::chrono::seconds>(token->session.expires_at - token->session.created_at);
    response.headers.add("Set-Cookie", to_header(session_cookie(request, token->text, lifetime)));
  }
  return response;
}

namespace {

http::Response sign_up(Services& s, http::Request& request) {
  struct Wanted {
    services::Accounts::SignUp account;
    bool bearer{};
  };
  return with_body(
      request,
      [&](Fields& f) {
        return Wanted{{.email = f.text("email", "account.email_invalid"),
                       .nickname = f.text("nickname", "account.nickname_invalid"),
                       .password = f.text("password", "account.password_too_short"),
                       .address = request.peer,
                       .language = mails::parse_language(language_of(request))},
                      f.flag("bearer", false)};
      },
      [&](const Wanted& wanted) {
        const auto account = s.accounts.sign_up(wanted.account);
        return account ? start_session(s, request, *account, wanted.bearer) : answer(account.error());
      });
}

http::Response log_in(Services& s, http::Request& request) {
  struct Wanted {
    services::Accounts::LogIn given;
    bool bearer{};
  };
  return with_body(
      request,
      [&](Fields& f) {
        return Wanted{{.email = f.text("email"), .password = f.text("password"), .address = request.peer},
                      f.flag("bearer", false)};
      },
      [&](const Wanted& wanted) {
        const auto account = s.accounts.check_password(wanted.given);
        return account ? start_session(s, request, *account, wanted.bearer) : answer(account.error());
      });
}

http::Response log_out(Services& s, const http::Request& request, const Caller& caller) {
  auto response = reply_empty(s.accounts.close_session(caller.known->session.id));
  if (caller.known->session.kind == accounts::SessionKind::cookie)
    response.headers.add("Set-Cookie", to_header(session_cookie(request, "", std::chrono::seconds{0})));
  return response;
}

http::Response profile(Services& s, const http::Request& request, const Caller& caller) {
  const auto account = s.accounts.by_nickname(request.params.find("nickname")->second);
  if (!account) return answer(account.error());
  const auto page = s.songs.list(caller.viewer(), {.owner = account->id, .limit = profile_songs});
  return reply(page, [&](const services::Songs::Page& p) {
    return boost::json::object{{"user", json_of(account->user())},
                               {"joined_at", to_rfc3339(account->created_at)},
                               {"songs", array_of(p.songs)}};
  });
}

}  // namespace

void add_accounts(Rows& rows, Services& s) {
  using enum http::Method;
  rows.push_back(
      {post, "/api/v1/accounts", Access::anyone, [&s](http::Request& r, const Caller&) { return sign_up(s, r); }});
  rows.push_back(
      {post, "/api/v1/sessions", Access::anyone, [&s](http::Request& r, const Caller&) { return log_in(s, r); }});
  rows.push_back({del, "/api/v1/sessions/current", Access::account,
                  [&s](http::Request& r, const Caller& c) { return log_out(s, r, c); }});
  rows.push_back({get, "/api/v1/me", Access::account,
                  [](http::Request&, const Caller& c) { return answer(200, json_of_me(c.known->account)); }});
  rows.push_back({get, "/api/v1/users/{nickname}", Access::anyone,
                  [&s](http::Request& r, const Caller& c) { return profile(s, r, c); }});
}

}  // namespace soundhub::api
