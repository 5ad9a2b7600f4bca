// SPDX-License-Identifier: AGPL-3.0-or-later
#include "access.hpp"
#include "routes.hpp"

namespace soundhub::api {
namespace {

boost::json::object json_of(const mails::Choice& choice) {
  return {{"notices", choice.notices}, {"language", mails::to_string(choice.language)}};
}

http::Response instance(const Services& s) {
  return answer(200, boost::json::object{{"mail", s.mail_choices.sends_mail()}});
}

http::Response set_choice(Services& s, http::Request& request, const Caller& caller) {
  return with_body(
      request,
      [](Fields& f) {
        return mails::Choice{mails::parse_language(f.text("language")), f.flag("notices", true)};
      },
      [&](const mails::Choice& wanted) { return reply_empty(s.mail_choices.set(caller.user(), wanted)); });
}

// Mail programs press the button with a form of their own in the body (RFC 8058); the link says all.
http::Response turn_off(Services& s, const http::Request& request) {
  const auto token = request.query_value("token");
  return reply_empty(s.mail_choices.turn_off(std::string{token.value_or("")}));
}

http::Response ask_for_password(Services& s, http::Request& request) {
  return with_body(
      request,
      [&](Fields& f) {
        return services::Passwords::Ask{.email = f.text("email", "account.email_invalid"), .address = request.peer};
      },
      [&](const services::Passwords::Ask& ask) { return reply_empty(s.passwords.ask(ask)); });
}

http::Response change_password(Services& s, http::Request& request) {
  struct Wanted {
    services::Passwords::Change change;
    bool bearer{};
  };
  return with_body(
      request,
      [](Fields& f) {
        return Wanted{{.token = f.text("token"), .password = f.text("password", "account.password_too_short")},
                      f.flag("bearer", false)};
      },
      [&](const Wanted& wanted) {
        const auto account = s.passwords.change(wanted.change);
        return account ? start_session(s, request, *account, wanted.bearer) : answer(account.error());
      });
}

}  // namespace

void add_mail(Rows& rows, Services& s) {
  using enum http::Method;
  rows.push_back(
      {get, "/api/v1/instance", Access::anyone, [&s](http::Request&, const Caller&) { return instance(s); }});
  rows.push_back({get, "/api/v1/me/mail", Access::account, [&s](http::Request&, const Caller& c) {
                    return reply(s.mail_choices.get(c.user()), [](const mails::Choice& m) { return json_of(m); });
                  }});
  rows.push_back({put, "/api/v1/me/mail", Access::account,
                  [&s](http::Request& r, const Caller& c) { return set_choice(s, r, c); }});
  rows.push_back(
      {post, "/api/v1/unsubscribe", Access::anyone, [&s](http::Request& r, const Caller&) { return turn_off(s, r); }});
  rows.push_back({post, "/api/v1/password-resets", Access::anyone,
                  [&s](http::Request& r, const Caller&) { return ask_for_password(s, r); }});
  rows.push_back({post, "/api/v1/password-resets/use", Access::anyone,
                  [&s](http::Request& r, const Caller&) { return change_password(s, r); }});
}

}  // namespace soundhub::api
