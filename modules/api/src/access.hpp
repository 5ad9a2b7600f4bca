// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include "routes.hpp"

namespace soundhub::api {

/// Who sent this, by bearer token or cookie. An unknown or ended bearer token is an error; an ended cookie is nobody.
Result<Caller> caller_of(services::Accounts& accounts, const http::Request& request);

/// Refuses what another site made a browser send: a request that changes something and comes with a cookie must carry
/// X-SoundHub, and no such request may name another origin. forbidden "csrf".
Result<void> check_origin(const http::Request& request, const Caller& caller);

/// The session cookie: __Host- on https; a plain name on http, where browsers refuse that prefix.
std::string cookie_name(bool secure);
http::Cookie session_cookie(const http::Request& request, std::string token, std::chrono::seconds max_age);

/// A new session, as a cookie or as a token in the body.
http::Response start_session(Services& services, const http::Request& request, const accounts::Account& account,
                             bool bearer);

/// The visitor's choice, else what the browser asks for first: "ko" or "en".
std::string_view language_of(const http::Request& request);

}  // namespace soundhub::api
