// SPDX-License-Identifier: AGPL-3.0-or-later
#include "head.hpp"

#include <gtest/gtest.h>

#include <array>

#include "chunked.hpp"
#include "conditional.hpp"
#include "events.hpp"
#include "proxies.hpp"
#include "soundhub/http/router.hpp"
#include "soundhub/http/static_files.hpp"
#include "target.hpp"

namespace soundhub::http {
namespace {

std::string key_of(const std::string& head) {
  const auto parsed = parse_head(head);
  return parsed ? "" : std::string{parsed.error().key};
}
std::string path_of(const std::string& target) {
  const auto parsed = parse_target(target);
  return parsed ? parsed->path : "refused";
}

TEST(Head, GivesMethodPathQueryHostAndFields) {
  const auto head = parse_head("PATCH /a%20b?c=d HTTP/1.1\r\nHost: h:80\r\nX: 1\r\nContent-Length: 12\r\n\r\n");
  ASSERT_TRUE(head.has_value());
  EXPECT_EQ(head->method, Method::patch);
  EXPECT_EQ(head->path, "/a b");
  EXPECT_EQ(head->query, "c=d");
  EXPECT_EQ(head->host, "h:80");
  EXPECT_EQ(head->headers.find("x"), "1");
  EXPECT_EQ(head->length, 12u);
  EXPECT_TRUE(head->keep_alive);
}

TEST(Head, APathIsDecodedOnceAndMayNotClimb) {
  EXPECT_EQ(path_of("/%EA%B3%A1/%2541"), "/곡/%41");
  EXPECT_EQ(path_of("http://h/x?y"), "/x");
  for (const auto* bad : {"",     "x",       "*",          "/..",  "/a/../b",   "/%2e%2e/b", "/a/.%2E", "/./a",
                          "/a/.", "/a%2fb",  "/%00",       "/%0a", "/%7f",      "/%",        "/%4",     "/%zz",
                          "/%ff", "/%c0%af", "/%ed%a0%80", "/a#b", "ftp://h/x", "http:///x", "//../x"})
    EXPECT_EQ(path_of(bad), "refused") << bad;
}

TEST(Head, IsCompleteOnlyWithItsBlankLineAndBrokenAsSoonAsItCanBeSeen) {
  using State = HeadScan::State;
  const std::string head = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
  for (std::size_t size = 0; size < head.size(); ++size)
    EXPECT_EQ(scan_head(head.substr(0, size), 0).state, State::partial);
  for (std::size_t seen = 0; seen < head.size(); ++seen) EXPECT_EQ(scan_head(head + "\x01\n", seen).size, head.size());
  for (const std::string bad : {"\x16\x03\x01", "GET / HTTP/1.1\n", "GET\r ", "GET / HTTP/1.1\r\nX: \x01"})
    EXPECT_EQ(scan_head(bad, 0).state, State::broken) << bad;
}

TEST(Head, FieldNamesMayNotBeFollowedBySpace) {
  EXPECT_EQ(key_of("GET / HTTP/1.1\r\nHost : x\r\n\r\n"), "http.head_invalid");
}

TEST(Chunked, EverySplitDecodesToTheSameBytes) {
  const std::string body = "4;a=\"b\"\r\nabcd\r\n00a\r\n0123456789\r\n0\r\nT: x\r\n\r\nNEXT";
  for (std::size_t at = 0; at <= body.size(); ++at) {
    ChunkDecoder decoder;
    std::array<std::byte, 64> out;
    const auto one = decoder.decode(std::string_view{body}.substr(0, at), out);
    ASSERT_TRUE(one.has_value());
    const auto two =
        decoder.decode(std::string_view{body}.substr(one->consumed), std::span{out}.subspan(one->produced));
    ASSERT_TRUE(two.has_value() && decoder.done()) << at;
    EXPECT_EQ(one->consumed + two->consumed, body.size() - 4);
    EXPECT_EQ(as_text({out.data(), one->produced + two->produced}), "abcd0123456789");
  }
}

TEST(Chunked, RefusesWhatAnotherServerMightReadDifferently) {
  for (const auto* bad : {"x", "\r\n", " 1\r\na\r\n", "1\na", "1\r\naX", "1\r\na\n", "-1\r\n", "0x1\r\na",
                          "1000000000000000\r\n", "0\r\n\n", "0\r\nA\n", "1;\x01"}) {
    ChunkDecoder decoder;
    std::array<std::byte, 64> out;
    EXPECT_FALSE(decoder.decode(bad, out).has_value()) << bad;
  }
}

TEST(Conditional, ListsAndWeakTagsAreCompared) {
  const Validators v{"\"a,b\"", std::nullopt};
  EXPECT_EQ(evaluate({{"If-None-Match", "\"x\", W/\"a,b\""}}, v), Condition::not_modified);
  EXPECT_EQ(evaluate({{"If-None-Match", "\"a\", \"b\""}}, v), Condition::proceed);
  EXPECT_EQ(evaluate({{"If-None-Match", "*"}}, v), Condition::not_modified);
  EXPECT_EQ(evaluate({{"If-Match", "W/\"a,b\""}}, v), Condition::failed);
  EXPECT_EQ(evaluate({{"If-Match", "\"c\", \"a,b\""}}, v), Condition::proceed);
}

TEST(Conditional, DatesAreReadAndWritten) {
  EXPECT_EQ(to_http_date(784111777), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT"), 784111777);
  EXPECT_EQ(parse_http_date("Sun, 06 Nov 1994 08:49:37 UTC"), std::nullopt);
  const Validators v{std::nullopt, 784111777};
  EXPECT_EQ(evaluate({{"If-Modified-Since", "Sun, 06 Nov 1994 08:49:37 GMT"}}, v), Condition::not_modified);
  EXPECT_EQ(evaluate({{"If-Modified-Since", "Sun, 06 Nov 1994 08:49:36 GMT"}}, v), Condition::proceed);
  EXPECT_EQ(evaluate({{"If-Unmodified-Since", "Sun, 06 Nov 1994 08:49:36 GMT"}}, v), Condition::failed);
}

TEST(Router, LiteralsWinAndAMethodThatIsMissingIsToldApartFromAPathThatIs) {
  Router router;
  for (const auto& [method, pattern] :
       std::initializer_list<std::pair<Method, const char*>>{{Method::get, "/"},
                                                             {Method::get, "/a/{x}"},
                                                             {Method::get, "/a/new"},
                                                             {Method::post, "/a/{x}"},
                                                             {Method::get, "/f/{rest...}"}})
    router.add({method, pattern, {}, [](Request&) { return empty(200); }});
  const auto pattern = [&](Method m, const char* path) {
    const auto match = router.find(m, path);
    return match.route ? match.route->pattern : "-";
  };
  EXPECT_EQ(pattern(Method::get, "/"), "/");
  EXPECT_EQ(pattern(Method::get, "/a/new"), "/a/new");
  EXPECT_EQ(pattern(Method::post, "/a/new"), "/a/{x}");
  EXPECT_EQ(pattern(Method::head, "/a/7"), "/a/{x}");
  EXPECT_EQ(pattern(Method::get, "/a/"), "-");
  EXPECT_EQ(pattern(Method::get, "/a"), "-");
  EXPECT_EQ(router.find(Method::get, "/f/b/c.js").params.at("rest"), "b/c.js");
  EXPECT_EQ(router.find(Method::del, "/a/7").allowed, (std::vector{Method::get, Method::post}));
  EXPECT_TRUE(router.find(Method::del, "/b").allowed.empty());
}

TEST(Proxies, OnlyTrustedHopsAreBelieved) {
  const TrustedProxies proxies{{"10.0.0.0/8", "127.0.0.1", "fd00::/8", "nonsense", "1.2.3.4/99"}};
  EXPECT_TRUE(proxies.trusts("10.9.8.7") && proxies.trusts("127.0.0.1") && proxies.trusts("fd12::1"));
  EXPECT_FALSE(proxies.trusts("11.0.0.1") || proxies.trusts("127.0.0.2") || proxies.trusts("unix") ||
               proxies.trusts("1.2.3.4"));
  Request request;
  request.peer = "127.0.0.1";
  request.headers = {
      {"X-Forwarded-For", "6.6.6.6, 9.9.9.9"}, {"X-Forwarded-For", "10.1.1.1"}, {"X-Forwarded-Proto", "https"}};
  apply_forwarded(request, proxies);
  EXPECT_EQ(request.peer, "9.9.9.9");
  EXPECT_TRUE(request.secure);
}

TEST(Static, TheBestAcceptedVariantIsServedUnderItsOwnTag) {
  const StaticFile file{"/a.js", "text/javascript", "plain", "gz", "br", "\"t\"", true};
  const auto served = [&](const char* accept) {
    Request request;
    request.headers.add("Accept-Encoding", accept);
    const auto response = serve(file, request);
    return std::string{response.headers.find("Content-Encoding").value_or("-")} +
           std::string{*response.headers.find("ETag")};
  };
  EXPECT_EQ(served("gzip, br"), "br\"t-br\"");
  EXPECT_EQ(served("br;q=0, gzip;q=0.5"), "gzip\"t-gzip\"");
  EXPECT_EQ(served("identity"), "-\"t\"");
  EXPECT_EQ(served("*"), "br\"t-br\"");
  EXPECT_EQ(*serve(file, {}).headers.find("Cache-Control"), "public, max-age=31536000, immutable");
}

TEST(Events, LineBreaksInDataAreSplitAndInNamesCut) {
  EXPECT_EQ(encode_event("7", "take", "a\nb\r\nc"), "id: 7\nevent: take\ndata: a\ndata: b\ndata: c\n\n");
  EXPECT_EQ(encode_event("7\nx: y", "", ""), "id: 7\ndata: \n\n");
}

TEST(Message, CookiesAndQueriesAreDecoded) {
  Request request;
  request.query = "a=1&b=%ea%b3%a1+x&a=2&bad=%zz&flag";
  request.headers.add("Cookie", "x=1; s=\"abc\"; y");
  EXPECT_EQ(request.query_value("a"), "1");
  EXPECT_EQ(request.query_value("b"), "곡 x");
  EXPECT_EQ(request.query_value("flag"), "");
  EXPECT_EQ(request.query_value("bad"), std::nullopt);
  EXPECT_EQ(request.cookie("s"), "abc");
  EXPECT_EQ(request.cookie("z"), std::nullopt);
}

}  // namespace
}  // namespace soundhub::http
