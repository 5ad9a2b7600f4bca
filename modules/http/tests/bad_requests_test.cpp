// SPDX-License-Identifier: AGPL-3.0-or-later
#include <gtest/gtest.h>

#include "test_server.hpp"

namespace soundhub::http::test {
namespace {

struct Bad {
  const char* name;
  std::string bytes;
  int status;
  const char* key;
};
// How gtest prints one.
void PrintTo(const Bad& bad, std::ostream* out) {
  *out << bad.name;
}

const std::string host = "Host: x\r\n";
std::string post(const std::string& rest) {
  return "POST /up HTTP/1.1\r\n" + host + rest;
}
std::string repeat(std::string_view text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

const std::vector<Bad> corpus{
    {"LengthAndChunked", post("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), 400,
     "http.framing_invalid"},
    {"TwoLengths", post("Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcde"), 400, "http.framing_invalid"},
    {"TwoEqualLengths", post("Content-Length: 4\r\nContent-Length: 4\r\n\r\nabcd"), 400, "http.framing_invalid"},
    {"LengthList", post("Content-Length: 4, 4\r\n\r\nabcd"), 400, "http.framing_invalid"},
    {"NegativeLength", post("Content-Length: -1\r\n\r\n"), 400, "http.framing_invalid"},
    {"PlusLength", post("Content-Length: +4\r\n\r\nabcd"), 400, "http.framing_invalid"},
    {"OverflowingLength", post("Content-Length: 99999999999999999999999\r\n\r\n"), 400, "http.framing_invalid"},
    {"HugeLength", post("Content-Length: 9000000000000000000\r\n\r\nabc"), 413, "http.body_too_large"},
    {"UnknownCoding", post("Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"), 501,
     "http.transfer_coding_unsupported"},
    {"TwoCodings", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n"), 400,
     "http.framing_invalid"},
    {"ChunkedInOld", "POST /up HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, "http.framing_invalid"},
    {"BadChunkSize", post("Transfer-Encoding: chunked\r\n\r\nZZZ\r\nabc\r\n0\r\n\r\n"), 400, "http.body_broken"},
    {"ChunkSizeOverflow", post("Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFFF\r\nabc\r\n"), 400,
     "http.body_broken"},
    {"ChunkWithoutEnd", post("Transfer-Encoding: chunked\r\n\r\n3\r\nabcX\r\n"), 400, "http.body_broken"},
    {"ChunkedTooLarge", post("Transfer-Encoding: chunked\r\n\r\n1000\r\n" + std::string(0x1000, 'a') + "\r\n0\r\n\r\n"),
     413, "http.body_too_large"},
    {"OneLongField", "GET /ping HTTP/1.1\r\n" + host + "X: " + std::string(100'000, 'a') + "\r\n\r\n", 431,
     "http.head_too_large"},
    {"ManyFields", "GET /ping HTTP/1.1\r\n" + host + repeat("X: a\r\n", 5000) + "\r\n", 431, "http.head_too_large"},
    {"MoreThanAHundredFields", "GET /ping HTTP/1.1\r\n" + host + repeat("X: a\r\n", 101) + "\r\n", 431,
     "http.head_too_large"},
    {"LongTarget", "GET /" + std::string(65'536, 'a') + " HTTP/1.1\r\n" + host + "\r\n", 414, "http.target_too_long"},
    {"RatherLongTarget", "GET /" + std::string(9'000, 'a') + " HTTP/1.1\r\n" + host + "\r\n", 414,
     "http.target_too_long"},
    {"TlsHello", std::string("\x16\x03\x01\x02\x00\x01", 6), 400, "http.head_invalid"},
    {"BareLineFeeds", "GET /ping HTTP/1.1\nHost: x\n\n", 400, "http.head_invalid"},
    {"SpaceBeforeColon", "GET /ping HTTP/1.1\r\nHost : x\r\n\r\n", 400, "http.head_invalid"},
    {"FoldedField", "GET /ping HTTP/1.1\r\n" + host + "X: a\r\n b\r\n\r\n", 400, "http.head_invalid"},
    {"NulInField", "GET /ping HTTP/1.1\r\n" + host + std::string("X: a\0b\r\n\r\n", 10), 400, "http.head_invalid"},
    {"BareCrInField", "GET /ping HTTP/1.1\r\n" + host + "X: a\rb\r\n\r\n", 400, "http.head_invalid"},
    {"NoHost", "GET /ping HTTP/1.1\r\n\r\n", 400, "http.host_invalid"},
    {"TwoHosts", "GET /ping HTTP/1.1\r\n" + host + host + "\r\n", 400, "http.host_invalid"},
    {"HostWithPath", "GET /ping HTTP/1.1\r\nHost: x/y\r\n\r\n", 400, "http.host_invalid"},
    {"AbsoluteTargetOfAnotherHost", "GET http://y/ping HTTP/1.1\r\n" + host + "\r\n", 400, "http.host_invalid"},
    {"Traversal", "GET /file/../../etc/passwd HTTP/1.1\r\n" + host + "\r\n", 400, "http.target_invalid"},
    {"EscapedTraversal", "GET /%2e%2e/etc HTTP/1.1\r\n" + host + "\r\n", 400, "http.target_invalid"},
    {"EscapedNul", "GET /a%00b HTTP/1.1\r\n" + host + "\r\n", 400, "http.target_invalid"},
    {"InvalidUtf8", "GET /%ff HTTP/1.1\r\n" + host + "\r\n", 400, "http.target_invalid"},
    {"HalfAnEscape", "GET /%4 HTTP/1.1\r\n" + host + "\r\n", 400, "http.target_invalid"},
    {"UnknownMethod", "BREW /ping HTTP/1.1\r\n" + host + "\r\n", 501, "http.method_unsupported"},
    {"Connect", "CONNECT x:80 HTTP/1.1\r\n" + host + "\r\n", 501, "http.method_unsupported"},
    {"Version2", "GET /ping HTTP/2.0\r\n" + host + "\r\n", 505, "http.version_unsupported"},
    {"NoVersion", "GET /ping\r\n\r\n", 400, "http.head_invalid"},
    {"StrangeExpectation", post("Expect: tea\r\nContent-Length: 1\r\n\r\nx"), 417, "http.expectation_unsupported"},
    {"NoSuchPath", "GET /nothing HTTP/1.1\r\n" + host + "\r\n", 404, "http.not_found"},
    {"WrongMethod", "DELETE /ping HTTP/1.1\r\n" + host + "\r\n", 405, "http.method_not_allowed"},
    {"TooLargeABody", post("Content-Length: 2000\r\n\r\n" + std::string(2000, 'a')), 413, "http.body_too_large"},
};

class BadRequest : public ServerTest, public testing::WithParamInterface<Bad> {
 protected:
  void SetUp() override {
    route(Method::get, "/ping", [](Request&) { return text(200, "pong", "text/plain"); });
    route(Method::post, "/up",
          [](Request& r) {
            const auto body = read_body(*r.body, 10'000);
            if (body) return text(200, *body, "text/plain");
            return problem(body.error().code == Errc::too_large ? 413 : 400, body.error().key);
          },
          {.body_bytes = 1000});
    serve();
  }
};

TEST_P(BadRequest, IsAnsweredByAProblemWithAStableKeyAndTheServerLivesOn) {
  const auto reply = ask(GetParam().bytes);
  EXPECT_EQ(reply.status, GetParam().status);
  EXPECT_EQ(reply.field("content-type"), "application/problem+json");
  EXPECT_NE(reply.body.find("\"key\":\"" + std::string{GetParam().key} + "\""), std::string::npos) << reply.body;
  EXPECT_NE(reply.body.find("\"request_id\":\"" + reply.field("x-request-id") + "\""), std::string::npos) << reply.body;
  EXPECT_EQ(ask(get("/ping")).body, "pong");
}

INSTANTIATE_TEST_SUITE_P(Corpus, BadRequest, testing::ValuesIn(corpus), [](const auto& bad) { return bad.param.name; });

class Smuggling : public BadRequest {};

TEST_P(Smuggling, WhatFollowsBrokenFramingIsNeverTakenForARequest) {
  auto c = client();
  c.send(GetParam().bytes + get("/ping"));
  EXPECT_EQ(c.read().status, GetParam().status);
  EXPECT_TRUE(c.closed_by_server());
  EXPECT_TRUE(lines_with("\"path\":\"/ping\"").empty());
}

std::vector<Bad> framing_errors() {
  std::vector<Bad> out;
  for (const auto& bad : corpus)
    if (std::string_view{bad.key} == "http.framing_invalid" || std::string_view{bad.key} == "http.body_broken" ||
        std::string_view{bad.key} == "http.head_invalid")
      out.push_back(bad);
  return out;
}
INSTANTIATE_TEST_SUITE_P(Corpus, Smuggling, testing::ValuesIn(framing_errors()),
                         [](const auto& bad) { return bad.param.name; });

}  // namespace
}  // namespace soundhub::http::test
