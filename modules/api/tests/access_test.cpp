// SPDX-License-Identifier: AGPL-3.0-or-later
#include "access.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace soundhub::api {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

http::Request request(http::Method method, http::Headers headers = {}) {
  http::Request request;
  request.method = method;
  request.host = "music.example";
  request.secure = true;
  request.headers = std::move(headers);
  return request;
}

Caller caller(accounts::SessionKind kind) {
  services::Accounts::Caller known;
  known.session.kind = kind;
  return Caller{std::move(known)};
}

bool passes(http::Method method, const Caller& who, http::Headers headers) {
  const auto checked = check_origin(request(method, std::move(headers)), who);
  if (!checked) {
    EXPECT_EQ(checked.error().code, Errc::forbidden);
    EXPECT_EQ(checked.error().key, "csrf");
  }
  return checked.has_value();
}

const auto by_cookie = caller(accounts::SessionKind::cookie);
const auto by_token = caller(accounts::SessionKind::bearer);
const Caller nobody;
using enum http::Method;

TEST(Access, AChangeByCookieNeedsOurHeader) {
  for (const auto method : {post, put, patch, del}) {
    EXPECT_FALSE(passes(method, by_cookie, {}));
    EXPECT_TRUE(passes(method, by_cookie, {{"X-SoundHub", "1"}}));
  }
}

TEST(Access, ReadingNeedsNoHeader) {
  for (const auto method : {get, head, options})
    EXPECT_TRUE(passes(method, by_cookie, {{"Origin", "https://evil.example"}}));
}

TEST(Access, AProgramWithATokenNeedsNoHeader) {
  EXPECT_TRUE(passes(post, by_token, {}));
}

TEST(Access, AnotherSiteChangesNothingEvenWithTheHeader) {
  for (const auto* origin : {"https://evil.example", "https://music.example.evil.example", "https://music.example:8443",
                             "https://evil.example/music.example", "null", "", "music.example"}) {
    EXPECT_FALSE(passes(post, by_cookie, {{"Origin", origin}, {"X-SoundHub", "1"}})) << origin;
    EXPECT_FALSE(passes(post, nobody, {{"Origin", origin}})) << "logging in, too: " << origin;
  }
}

TEST(Access, OurOwnPagesMayChangeThings) {
  EXPECT_TRUE(passes(post, by_cookie, {{"Origin", "https://music.example"}, {"X-SoundHub", "1"}}));
  EXPECT_TRUE(passes(post, by_cookie, {{"Origin", "https://MUSIC.example"}, {"X-SoundHub", "1"}}));
}

TEST(Access, TheCookieIsBoundToItsHostOnHttps) {
  EXPECT_EQ(cookie_name(true), "__Host-soundhub");
  EXPECT_EQ(cookie_name(false), "soundhub") << "browsers refuse that prefix on http";
  const auto header = to_header(session_cookie(request(post), "token", std::chrono::hours{1}));
  EXPECT_THAT(header, HasSubstr("__Host-soundhub=token"));
  for (const auto* attribute : {"Secure", "HttpOnly", "Path=/", "SameSite=Lax", "Max-Age=3600"})
    EXPECT_THAT(header, HasSubstr(attribute));
  EXPECT_THAT(header, Not(HasSubstr("Domain"))) << "__Host- forbids it";
}

}  // namespace
}  // namespace soundhub::api
