// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/http/server.hpp"

#include "test_server.hpp"

namespace soundhub::http::test {
namespace {

class Http : public ServerTest {};

Handler says(std::string text_to_say) {
  return [text_to_say](Request&) { return text(200, text_to_say, "text/plain"); };
}

TEST_F(Http, KeepsAConnectionAndAnswersEachRequestInOrder) {
  route(Method::get, "/a", says("first"));
  route(Method::get, "/b", says("second"));
  serve();
  auto c = client();
  EXPECT_EQ(c.ask(get("/a")).body, "first");
  EXPECT_EQ(c.ask(get("/b")).body, "second");
  c.send(get("/a") + get("/b") + get("/a"));
  EXPECT_EQ(c.read().body, "first");
  EXPECT_EQ(c.read().body, "second");
  EXPECT_EQ(c.read().body, "first");
  EXPECT_EQ(server_->counts().connections, 1u);
}

TEST_F(Http, HandsOutTheParametersOfARoute) {
  route(Method::get, "/songs/{id}/parts/{part}",
        [](Request& r) { return text(200, r.params.at("id") + "+" + r.params.at("part"), "text/plain"); });
  serve();
  EXPECT_EQ(ask(get("/songs/7/parts/%EA%B3%A1")).body, "7+곡");
}

TEST_F(Http, AHandlerReadsABodyOfKnownLength) {
  route(Method::post, "/echo", [](Request& r) { return text(200, *read_body(*r.body, 1000), "text/plain"); });
  serve();
  EXPECT_EQ(ask("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello").body, "hello");
}

TEST_F(Http, AHandlerReadsAChunkedBody) {
  route(Method::post, "/echo", [](Request& r) { return text(200, *read_body(*r.body, 1000), "text/plain"); });
  serve();
  EXPECT_EQ(
      ask("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n")
          .body,
      "abcde");
}

}  // namespace
}  // namespace soundhub::http::test
