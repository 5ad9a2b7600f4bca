// SPDX-License-Identifier: AGPL-3.0-or-later
#include "fields.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "requests.hpp"
#include "soundhub/domain/songs.hpp"

namespace soundhub::api {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

Result<Fields> read(std::string body) {
  TextBody text{std::move(body)};
  http::Request request;
  request.body = &text;
  return Fields::read(request);
}
Fields fields(std::string body) {
  return read(std::move(body)).value();
}
std::string refusal(std::string body) {
  const auto result = read(std::move(body));
  return result ? "" : result.error().key;
}

TEST(Fields, OnlyAWholeObjectIsRead) {
  EXPECT_EQ(refusal("{}"), "");
  for (const auto* body : {"", "[]", "1", "\"a\"", "null", "{", "{} {}", "{\"a\":1,}", "{'a':1}"})
    EXPECT_EQ(refusal(body), "json_invalid") << body;
}

TEST(Fields, BytesThatArentUtf8AreRefused) {
  EXPECT_EQ(refusal("{\"title\":\"\xff\xfe\"}"), "json_invalid");
  EXPECT_EQ(refusal("{\"title\":\"\\ud800\"}"), "json_invalid") << "half a surrogate pair";
}

TEST(Fields, NestingHasAnEnd) {
  EXPECT_EQ(refusal("{\"a\":" + std::string(20, '[') + std::string(20, ']') + "}"), "");
  EXPECT_EQ(refusal("{\"a\":" + std::string(200, '[') + std::string(200, ']') + "}"), "json_invalid");
}

TEST(Fields, ABodyAboveTheLimitIsTooLarge) {
  const auto result = read("{\"a\":\"" + std::string(300'000, 'x') + "\"}");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Errc::too_large);
}

TEST(Fields, EveryWrongFieldIsNamedAtOnce) {
  auto f = fields(R"({"title":7,"tempo":"fast","flag":1,"seats":{}})");
  f.text("title");
  f.text("note");
  f.optional_number("tempo");
  f.flag("flag", false);
  f.objects("seats");
  EXPECT_THAT(f.wrong(), ElementsAre(Pair("flag", "field_not_flag"), Pair("note", "field_missing"),
                                     Pair("seats", "field_not_list"), Pair("tempo", "field_not_number"),
                                     Pair("title", "field_not_text")));
  const auto problem = f.problem();
  ASSERT_TRUE(problem);
  EXPECT_EQ(problem->status, 422);
  EXPECT_EQ(json_of_body(*problem).at("fields").as_object().size(), 5u);
}

TEST(Fields, NullIsAsGoodAsAbsent) {
  auto f = fields(R"({"a":null})");
  EXPECT_EQ(f.optional_text("a"), std::nullopt);
  EXPECT_EQ(f.optional_number("a"), std::nullopt);
  EXPECT_TRUE(f.flag("a", true));
  EXPECT_TRUE(f.is_null("a"));
  EXPECT_FALSE(f.is_null("b"));
  EXPECT_THAT(f.wrong(), IsEmpty());
}

TEST(Fields, NumbersAreFinite) {
  auto f = fields(R"({"a":1e999,"b":-1e999,"c":1.5})");
  EXPECT_EQ(f.optional_number("a"), std::nullopt);
  EXPECT_EQ(f.optional_number("b"), std::nullopt);
  EXPECT_EQ(f.optional_number("c"), 1.5);
  EXPECT_THAT(f.wrong(), ElementsAre(Pair("a", "field_not_number"), Pair("b", "field_not_number")));
}

TEST(Fields, IntegersAreWholeAndSmallEnoughForEveryReader) {
  auto f = fields(R"({"a":1.5,"b":9007199254740993000,"c":9007199254740992,"d":-3,"e":4.0})");
  f.integer("a");
  f.integer("b");
  EXPECT_EQ(f.integer("c"), 9007199254740992);
  EXPECT_EQ(f.integer("d"), -3);
  EXPECT_EQ(f.integer("e"), 4);
  EXPECT_THAT(f.wrong(), ElementsAre(Pair("a", "field_not_integer"), Pair("b", "field_not_integer")));
}

TEST(Fields, ANameTheDomainDoesntKnowKeepsTheDomainsKey) {
  auto f = fields(R"({"instrument":"kazoo","genre":"jazz"})");
  f.parsed("instrument", songs::parse_instrument);
  EXPECT_EQ(f.parsed("genre", songs::parse_genre), songs::Genre::jazz);
  EXPECT_THAT(f.wrong(), ElementsAre(Pair("instrument", "song.instrument_unknown")));
}

TEST(Fields, WhatIsWrongInsideIsNamedFromOutside) {
  auto f = fields(R"({"settings":{"master":{"gain_db":"loud"}}})");
  auto settings = f.object("settings");
  auto master = settings.object("master");
  master.number("gain_db");
  settings.merge("master", master);
  f.merge("settings", settings);
  EXPECT_THAT(f.wrong(), ElementsAre(Pair("settings.master.gain_db", "field_not_number")));
}

TEST(Fields, AListOfAnythingButObjectsIsWrong) {
  auto f = fields(R"({"seats":[{},3]})");
  EXPECT_THAT(f.objects("seats"), IsEmpty());
  EXPECT_THAT(f.wrong(), ElementsAre(Pair("seats", "field_not_object")));
}

}  // namespace
}  // namespace soundhub::api
