// SPDX-License-Identifier: AGPL-3.0-or-later
#include <gtest/gtest.h>

#include <future>
#include <latch>
#include <thread>

#include "test_server.hpp"

namespace soundhub::http::test {
namespace {

using namespace std::chrono_literals;

/// A door that handlers wait at until the test opens it.
class Door {
 public:
  void pass() const { opened_.wait(); }
  void open() { promise_.set_value(); }

 private:
  std::promise<void> promise_;
  std::shared_future<void> opened_{promise_.get_future()};
};

Response answer_body(Request& r) {
  const auto body = read_body(*r.body, 1 << 26);
  if (body) return text(200, std::to_string(body->size()), "text/plain");
  return problem(body.error().code == Errc::unavailable ? 408 : 400, body.error().key);
}

class Limits : public ServerTest {
 protected:
  void SetUp() override {
    route(Method::get, "/ping", [](Request&) { return text(200, "pong", "text/plain"); });
    route(Method::post, "/up", answer_body, {.body_bytes = 1 << 26});
    route(Method::get, "/slow", [this](Request&) {
      entered_.count_down();
      door_.pass();
      return text(200, "done", "text/plain");
    });
  }
  void TearDown() override {
    if (!opened_) door_.open();
    ServerTest::TearDown();
  }
  void open_door() {
    opened_ = true;
    door_.open();
  }
  Door door_;
  bool opened_{};
  std::latch entered_{1};
};

TEST_F(Limits, AHeadThatDripsIsCutAtItsTimeHoweverItDrips) {
  options_.head_time = 200ms;
  serve();
  auto c = client();
  c.send("GET /ping HTTP/1.1\r\nHost: x\r\nX: ");
  std::jthread dripper{[&](std::stop_token stop) {
    while (!stop.stop_requested() && c.send("a")) std::this_thread::sleep_for(10ms);
  }};
  const auto reply = c.read();
  EXPECT_EQ(reply.status, 408);
  EXPECT_NE(reply.body.find("http.head_too_slow"), std::string::npos);
  EXPECT_TRUE(c.closed_by_server());
}

TEST_F(Limits, AnIdleConnectionIsClosedWithoutAWord) {
  options_.idle_time = 200ms;
  serve();
  auto c = client();
  EXPECT_EQ(c.ask(get("/ping")).body, "pong");
  EXPECT_EQ(c.read_until("never"), "");
}

TEST_F(Limits, ASmallBodyThatStallsIsCutWithoutHoldingAHandler) {
  options_.body_rate_window = 200ms;
  options_.handlers = 1;
  serve();
  auto c = client();
  c.send("POST /up HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc");
  EXPECT_EQ(ask(get("/ping")).body, "pong");
  const auto reply = c.read();
  EXPECT_EQ(reply.status, 408);
  EXPECT_NE(reply.body.find("http.body_too_slow"), std::string::npos);
}

TEST_F(Limits, ALargeBodyThatStallsFailsItsReader) {
  options_.body_rate_window = 200ms;
  serve();
  auto c = client();
  c.send("POST /up HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nabc");
  EXPECT_EQ(c.read().status, 408);
  EXPECT_TRUE(c.closed_by_server());
}

TEST_F(Limits, ABodyCutOffByTheClientIsBroken) {
  serve();
  for (const auto* size : {"100", "1000000"}) {
    auto c = client();
    c.send("POST /up HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::string{size} + "\r\n\r\nabc");
    c.finish_sending();
    const auto reply = c.read();
    EXPECT_EQ(reply.status, 400);
    EXPECT_NE(reply.body.find("http.body_broken"), std::string::npos);
  }
}

TEST_F(Limits, ALargeBodyArrivesWholeThroughItsSmallWindow) {
  serve();
  const std::string body(20'000'000, 'b');
  auto c = client();
  EXPECT_EQ(c.ask("POST /up HTTP/1.1\r\nHost: x\r\nContent-Length: 20000000\r\n\r\n" + body).body, "20000000");
  std::string chunked = "POST /up HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 20; ++i) chunked += "f4240\r\n" + std::string(1'000'000, 'c') + "\r\n";
  EXPECT_EQ(c.ask(chunked + "0\r\n\r\n").body, "20000000");
  EXPECT_EQ(c.ask(get("/ping")).body, "pong");
}

TEST_F(Limits, ContinueIsSaidBeforeTheBodyAndOnlyIfItIsWanted) {
  route(Method::post, "/no", [](Request&) { return problem(401, "auth.needed"); }, {.body_bytes = 1 << 26});
  serve();
  auto c = client();
  const std::string expect = " HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 100000\r\n\r\n";
  EXPECT_EQ(c.ask("POST /up" + expect).status, 100);
  EXPECT_EQ(c.ask(std::string(100'000, 'x')).body, "100000");
  EXPECT_EQ(c.ask("POST /no" + expect).status, 401);
  EXPECT_TRUE(c.closed_by_server());
}

TEST_F(Limits, AnUnreadSmallBodyIsSkippedAndTheConnectionKept) {
  route(Method::post, "/no", [](Request&) { return problem(401, "auth.needed"); }, {.body_bytes = 1 << 26});
  serve();
  auto c = client();
  c.send("POST /no HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n" + std::string(100'000, 'x') + get("/ping"));
  EXPECT_EQ(c.read().status, 401);
  EXPECT_EQ(c.read().body, "pong");
}

TEST_F(Limits, TooManyConnectionsOfOneAddressAreTurnedAway) {
  options_.connections_per_address = 2;
  serve();
  auto one = client(), two = client();
  EXPECT_EQ(one.ask(get("/ping")).body, "pong");
  EXPECT_EQ(two.ask(get("/ping")).body, "pong");
  auto three = client();
  const auto reply = three.read();
  EXPECT_EQ(reply.status, 429);
  EXPECT_EQ(reply.field("retry-after"), "1");
  EXPECT_EQ(one.ask(get("/ping")).body, "pong");
}

TEST_F(Limits, AProxysConnectionsAreNotOneClients) {
  options_.connections_per_address = 1;
  options_.trusted_proxies = {"127.0.0.1"};
  serve();
  auto one = client(), two = client();
  EXPECT_EQ(one.ask(get("/ping")).body, "pong");
  EXPECT_EQ(two.ask(get("/ping")).body, "pong");
}

TEST_F(Limits, TooManyConnectionsInAllAreTurnedAway) {
  options_.connections = 1;
  serve();
  auto one = client();
  EXPECT_EQ(one.ask(get("/ping")).body, "pong");
  EXPECT_EQ(client().read().status, 503);
}

TEST_F(Limits, AFullPoolAnswers503WithRetryAfter) {
  options_.handlers = 1;
  options_.queue = 0;
  serve();
  auto slow = client();
  slow.send(get("/slow"));
  entered_.wait();
  auto other = client();
  const auto reply = other.ask(get("/ping"));
  EXPECT_EQ(reply.status, 503);
  EXPECT_EQ(reply.field("retry-after"), "1");
  EXPECT_NE(reply.body.find("http.busy"), std::string::npos);
  open_door();
  EXPECT_EQ(slow.read().body, "done");
}

TEST_F(Limits, AHandlerBeyondItsDeadlineIsToldAndThenLeft) {
  std::promise<bool> told;
  route(Method::get, "/stuck",
        [&](Request& r) {
          while (!r.cancelled.stop_requested()) std::this_thread::sleep_for(1ms);
          told.set_value(true);
          door_.pass();
          return empty(200);
        },
        {.deadline = 100ms});
  options_.idle_time = 400ms;  // for a quick sweep
  serve();
  const auto reply = ask(get("/stuck"));
  EXPECT_EQ(reply.status, 503);
  EXPECT_NE(reply.body.find("http.deadline_passed"), std::string::npos);
  EXPECT_TRUE(told.get_future().get());
  open_door();
  server_.reset();
}

TEST_F(Limits, AHandlerLearnsThatItsClientLeft) {
  std::promise<void> told;
  route(Method::get, "/wait", [&](Request& r) {
    entered_.count_down();
    while (!r.cancelled.stop_requested()) std::this_thread::sleep_for(1ms);
    told.set_value();
    return empty(200);
  });
  serve();
  {
    auto c = client();
    c.send(get("/wait"));
    entered_.wait();
  }
  EXPECT_EQ(told.get_future().wait_for(20s), std::future_status::ready);
  server_.reset();
}

TEST_F(Limits, AClientThatTakesNothingIsCutOff) {
  options_.write_stall = 200ms;
  route(Method::get, "/big", [](Request&) { return text(200, std::string(30'000'000, 'x'), "audio/flac"); });
  serve();
  auto c = client();
  c.shrink_receive_buffer(4096);
  c.send(get("/big"));
  while (lines_with("\"whole\":false").empty()) std::this_thread::sleep_for(5ms);
  while (server_->counts().open_connections > 0) std::this_thread::sleep_for(5ms);
  EXPECT_EQ(lines_with("\"whole\":false").size(), 1u);
}

TEST_F(Limits, AnExceptionIsA500AndALogLine) {
  route(Method::get, "/throws", [](Request&) -> Response { throw std::runtime_error{"the reason"}; });
  serve();
  auto c = client();
  const auto reply = c.ask(get("/throws"));
  EXPECT_EQ(reply.status, 500);
  EXPECT_EQ(reply.body.find("the reason"), std::string::npos);
  EXPECT_EQ(lines_with("the reason").size(), 1u);
  EXPECT_EQ(c.ask(get("/ping")).body, "pong");
}

TEST_F(Limits, StoppingFinishesWhatRunsAndRefusesWhatIsNew) {
  serve();
  auto idle = client(), slow = client();
  EXPECT_EQ(idle.ask(get("/ping")).body, "pong");
  slow.send(get("/slow"));
  entered_.wait();
  std::jthread stopper{[this] { server_->stop(20s); }};
  EXPECT_TRUE(idle.closed_by_server());
  while (client().connected()) std::this_thread::sleep_for(1ms);
  open_door();
  const auto reply = slow.read();
  EXPECT_EQ(reply.body, "done");
  EXPECT_EQ(reply.field("connection"), "close");
}

// The loop is kept busy while requests come in and the stop is asked for, so that all of it waits at its door at once.
TEST_F(Limits, ARequestThatArrivesBeforeTheGoodbyeIsAnswered) {
  options_.loops = 1;
  std::latch in_loop{1}, go_on{1};
  std::atomic<bool> hold{false};
  options_.on_served = [&](const Served&) {
    if (!hold.exchange(false)) return;
    in_loop.count_down();
    go_on.wait();
  };
  serve();
  auto kept = client(), holder = client();
  EXPECT_EQ(kept.ask(get("/ping")).body, "pong");
  hold = true;
  holder.send(get("/ping"));
  in_loop.wait();
  kept.send(get("/ping"));
  auto fresh = client();
  fresh.send("POST /up HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc");
  std::jthread stopper{[this] { server_->stop(20s); }};
  std::this_thread::sleep_for(20ms);  // for the stop to be there first, which is the harder case
  go_on.count_down();
  EXPECT_EQ(fresh.read().status, 200);
  EXPECT_EQ(kept.read().body, "pong");
}

TEST_F(Limits, AfterItsGraceAStopWaitsForNoClient) {
  serve();
  auto c = client();
  c.send("POST /up HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nabc");
  while (server_->counts().requests == 0) std::this_thread::sleep_for(1ms);
  server_->stop(50ms);
  EXPECT_TRUE(c.closed_by_server());
}

}  // namespace
}  // namespace soundhub::http::test
