// SPDX-License-Identifier: AGPL-3.0-or-later
#include "answers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "requests.hpp"

namespace soundhub::api {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Answers, AnInternalErrorTellsNeitherKeyNorDetail) {
  const auto response = answer(Error{Errc::internal, "storage.failed", "/srv/soundhub.db: SELECT secret"});
  EXPECT_EQ(response.status, 500);
  EXPECT_EQ(json_of_body(response).at("key").as_string(), "internal");
  EXPECT_THAT(text_of(response), Not(HasSubstr("storage")));
  EXPECT_THAT(text_of(response), Not(HasSubstr("SELECT")));
}

TEST(Answers, NoErrorTellsItsDetail) {
  for (const auto code : {Errc::invalid, Errc::unauthenticated, Errc::forbidden, Errc::not_found, Errc::conflict,
                          Errc::too_large, Errc::too_many, Errc::unavailable}) {
    const auto response = answer(Error{code, "song.title_missing", "/srv/secret"});
    EXPECT_THAT(text_of(response), Not(HasSubstr("secret")));
    EXPECT_EQ(json_of_body(response).at("key").as_string(), "song.title_missing");
  }
}

TEST(Answers, EachKindOfErrorHasItsStatus) {
  const std::pair<Errc, int> expected[]{{Errc::invalid, 422},   {Errc::unauthenticated, 401}, {Errc::forbidden, 403},
                                        {Errc::not_found, 404}, {Errc::conflict, 409},        {Errc::too_large, 413},
                                        {Errc::too_many, 429},  {Errc::unavailable, 503},     {Errc::internal, 500}};
  for (const auto& [code, status] : expected) EXPECT_EQ(answer(Error{code, "key", {}}).status, status);
}

TEST(Answers, WhoMayTryAgainIsToldWhen) {
  EXPECT_TRUE(answer(Error{Errc::too_many, "account.login_paused", {}}).headers.find("Retry-After"));
  EXPECT_TRUE(answer(Error{Errc::unavailable, "storage.busy", {}}).headers.find("Retry-After"));
  EXPECT_FALSE(answer(Error{Errc::conflict, "mix.stale", {}}).headers.find("Retry-After"));
}

TEST(Answers, AKeyNamesTheInputItIsAbout) {
  const auto fields = json_of_body(answer(Error{Errc::invalid, "song.title_too_long", {}})).at("fields").as_object();
  EXPECT_EQ(fields.at("title").as_string(), "song.title_too_long");
}

TEST(Answers, WhatDependsOnTheCallerIsNeverKeptByAProxy) {
  const auto response = answer(200, boost::json::object{});
  EXPECT_THAT(std::string{response.headers.find("Cache-Control").value()}, HasSubstr("private"));
}

TEST(Answers, BytesWithALinkAreFoundElsewhereAndTheWayIsKeptByNobody) {
  const auto response = reply_bytes(services::Audible{nullptr, "tag", "riff.flac", "https://s3.example/x?y=z"}, "a/b");
  EXPECT_EQ(response.status, 302);
  EXPECT_EQ(response.headers.find("Location"), "https://s3.example/x?y=z");
  EXPECT_EQ(response.headers.find("Cache-Control"), "private, no-store");
}

TEST(Answers, ALinkIsSignedForGetAlone) {
  http::Request request;
  request.method = http::Method::get;
  EXPECT_TRUE(wanted(request, "audio/ogg").by_link);
  EXPECT_EQ(wanted(request, "audio/ogg").disposition, nullptr);
  EXPECT_EQ(wanted(request, "audio/ogg", true).disposition("a.ogg"), attachment("a.ogg"));
  request.method = http::Method::head;
  EXPECT_FALSE(wanted(request, "audio/ogg").by_link);
}

TEST(Answers, ADownloadsNameIsWrittenInAsciiAndInFull) {
  EXPECT_EQ(attachment("Riff (2).flac"),
            "attachment; filename=\"Riff (2).flac\"; filename*=UTF-8''Riff%20%282%29.flac");
  EXPECT_THAT(attachment("한강.flac"), HasSubstr("filename*=UTF-8''%ED%95%9C%EA%B0%95.flac"));
}

TEST(Answers, ADownloadsNameCantAddAHeaderOrAParameter) {
  const auto header = attachment("a\"; filename=evil.exe; x=\"\r\nSet-Cookie: a=b\\.flac");
  EXPECT_THAT(header, Not(HasSubstr("\r")));
  EXPECT_THAT(header, Not(HasSubstr("\n")));
  EXPECT_THAT(header, Not(HasSubstr("\\")));
  EXPECT_EQ(std::ranges::count(header, '"'), 2) << header;
}

}  // namespace
}  // namespace soundhub::api
