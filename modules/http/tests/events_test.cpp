// SPDX-License-Identifier: AGPL-3.0-or-later
#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "test_server.hpp"

namespace soundhub::http::test {
namespace {

using namespace std::chrono_literals;

class EventStream : public ServerTest {
 protected:
  /// Hands the stream's sender to the test; says first what the client saw last.
  void SetUp() override {
    route(Method::get, "/events", [this](Request& r) {
      const std::string last{r.header("Last-Event-ID").value_or("none")};
      return Response{200, {}, EventBody{[this, last](std::shared_ptr<EventSender> sender) {
                        sender->send("1", "resumed", last);
                        opened_.set_value(std::move(sender));
                      }}};
    });
  }
  std::shared_ptr<EventSender> sender() { return opened_.get_future().get(); }
  std::promise<std::shared_ptr<EventSender>> opened_;
};

TEST_F(EventStream, BeginsWithItsRetryTimeAndResumesByTheLastEventId) {
  serve();
  auto c = client();
  c.send(get("/events", "Last-Event-ID: 41\r\n"));
  const auto head = c.read();
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.field("content-type"), "text/event-stream; charset=utf-8");
  EXPECT_EQ(head.field("cache-control"), "no-store");
  EXPECT_EQ(head.field("x-accel-buffering"), "no");
  EXPECT_EQ(c.read_until("41\n\n"), "retry: 2000\n\nid: 1\nevent: resumed\ndata: 41\n\n");
}

TEST_F(EventStream, SendsFromAnyThreadUntilTheSenderIsLetGo) {
  serve();
  auto c = client();
  c.send(get("/events"));
  auto s = sender();
  c.read();
  c.read_until("none\n\n");
  EXPECT_TRUE(s->send("2", "take", "{}"));
  EXPECT_EQ(c.read_until("{}\n\n"), "id: 2\nevent: take\ndata: {}\n\n");
  s.reset();
  EXPECT_TRUE(c.closed_by_server());
}

TEST_F(EventStream, BeatsWhenItHasNothingToSay) {
  options_.heartbeat = 100ms;
  serve();
  auto c = client();
  c.send(get("/events"));
  const auto s = sender();
  EXPECT_TRUE(c.read_until("\n\n:\n\n").ends_with("\n\n:\n\n"));
}

TEST_F(EventStream, AReaderThatFallsBehindIsCutOff) {
  serve();
  auto c = client();
  c.shrink_receive_buffer(4096);
  c.send(get("/events"));
  const auto s = sender();
  const std::string data(10'000, 'x');
  while (s->send("2", "flood", data)) std::this_thread::sleep_for(100us);
  EXPECT_FALSE(s->open());
  EXPECT_TRUE(c.closed_by_server());
}

TEST_F(EventStream, LearnsThatItsReaderLeft) {
  serve();
  auto c = std::make_unique<Client>(address_);
  c->send(get("/events"));
  const auto s = sender();
  c.reset();
  while (s->open()) std::this_thread::sleep_for(5ms);
  EXPECT_FALSE(s->send("2", "late", ""));
}

TEST_F(EventStream, ASenderMayOutliveItsServer) {
  serve();
  auto c = client();
  c.send(get("/events"));
  const auto s = sender();
  EXPECT_EQ(server_->counts().event_streams, 1u);
  server_.reset();
  EXPECT_FALSE(s->open());
  EXPECT_FALSE(s->send("2", "late", ""));
}

}  // namespace
}  // namespace soundhub::http::test
