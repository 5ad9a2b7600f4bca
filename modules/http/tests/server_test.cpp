// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/http/server.hpp"

#include <atomic>
#include <thread>

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

TEST_F(Http, OldClientsKeepTheConnectionOnlyIfTheyAsk) {
  route(Method::get, "/a", says("first"));
  serve();
  auto kept = client();
  const auto reply = kept.ask("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(reply.field("connection"), "keep-alive");
  EXPECT_EQ(kept.ask("GET /a HTTP/1.0\r\n\r\n").body, "first");
  EXPECT_TRUE(kept.closed_by_server());
}

TEST_F(Http, ConnectionCloseIsHonoured) {
  route(Method::get, "/a", says("first"));
  serve();
  auto c = client();
  EXPECT_EQ(c.ask(get("/a", "Connection: close\r\n")).field("connection"), "close");
  EXPECT_TRUE(c.closed_by_server());
}

TEST_F(Http, AllowTellsWhatAPathTakes) {
  route(Method::get, "/a", says("first"));
  route(Method::post, "/a", says("posted"));
  serve();
  EXPECT_EQ(ask("DELETE /a HTTP/1.1\r\nHost: x\r\n\r\n").field("allow"), "GET, POST, HEAD, OPTIONS");
  const auto options = ask("OPTIONS /a HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(options.status, 204);
  EXPECT_EQ(options.field("allow"), "GET, POST, HEAD, OPTIONS");
}

TEST_F(Http, TheFallbackTakesReadsThatNoRouteTakes) {
  route(Method::post, "/a", says("posted"));
  router_.set_fallback([](Request& r) { return text(200, "page " + r.path, "text/html"); });
  serve();
  EXPECT_EQ(ask(get("/songs/7")).body, "page /songs/7");
  EXPECT_EQ(ask("POST /songs/7 HTTP/1.1\r\nHost: x\r\n\r\n").status, 404);
}

TEST_F(Http, EachRequestIsLoggedUnderItsIdWithoutItsQuery) {
  route(Method::get, "/a", says("first"));
  serve();
  const auto id = ask(get("/a?token=secret", "Connection: close\r\n")).field("x-request-id");
  server_->stop(std::chrono::seconds{5});
  const auto lines = lines_with("\"id\":\"" + id + "\"");
  ASSERT_EQ(lines.size(), 1u);
  for (const auto* part : {"\"event\":\"http.request\"", "\"method\":\"GET\"", "\"path\":\"/a\"", "\"status\":200",
                           "\"bytes\":5", "\"peer\":\"127.0.0.1\""})
    EXPECT_NE(lines[0].find(part), std::string::npos) << part << " in " << lines[0];
  EXPECT_TRUE(lines_with("secret").empty());
}

TEST_F(Http, OnlyATrustedProxySpeaksForTheClient) {
  route(Method::get, "/who", [](Request& r) {
    return text(200, r.peer + " " + r.host + " " + (r.secure ? "https " : "http ") + r.id, "text/plain");
  });
  const auto forwarded = get("/who",
                             "X-Forwarded-For: 9.9.9.9\r\nX-Forwarded-Host: s.example\r\nX-Forwarded-Proto: https\r\n"
                             "X-Request-Id: abc-1\r\n");
  serve();
  EXPECT_TRUE(ask(forwarded).body.starts_with("127.0.0.1 x http "));
  options_.trusted_proxies = {"127.0.0.0/8"};
  serve();
  EXPECT_EQ(ask(forwarded).body, "9.9.9.9 s.example https abc-1");
}

TEST_F(Http, AHandlersValueCantAddAField) {
  route(Method::get, "/a", [](Request&) { return redirect(303, "/x\r\nSet-Cookie: a=b"); });
  serve();
  EXPECT_EQ(ask(get("/a")).field("set-cookie"), "");
}

TEST_F(Http, ServesAUnixSocketToo) {
  const auto path = "/tmp/soundhub-http-test-" + std::to_string(::getpid());
  options_.listen = {"unix:" + path};
  route(Method::get, "/a", [](Request& r) { return text(200, r.peer, "text/plain"); });
  serve();
  EXPECT_EQ(ask(get("/a")).body, "unix");
}

TEST_F(Http, AnAddressInUseIsAnError) {
  serve();
  Server second{{.listen = {address_}}, router_, log_, random_};
  const auto started = second.start();
  ASSERT_FALSE(started.has_value());
  EXPECT_EQ(started.error().key, "http.listen");
}

TEST_F(Http, ManyClientsAtOnceGetTheirOwnAnswers) {
  route(Method::post, "/echo", [](Request& r) { return text(200, *read_body(*r.body, 1000), "text/plain"); });
  serve();
  std::vector<std::jthread> clients;
  std::atomic<int> right{0};
  for (int n = 0; n < 8; ++n)
    clients.emplace_back([&, n] {
      auto c = client();
      for (int i = 0; i < 50; ++i) {
        const auto text = std::to_string(n * 1000 + i);
        const auto reply = c.ask("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(text.size()) +
                                 "\r\n\r\n" + text);
        right += reply.body == text;
      }
    });
  clients.clear();
  EXPECT_EQ(right, 400);
}

}  // namespace
}  // namespace soundhub::http::test
