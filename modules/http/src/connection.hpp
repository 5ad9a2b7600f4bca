// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "edge.hpp"
#include "events.hpp"
#include "exchange.hpp"
#include "loop.hpp"
#include "soundhub/base/fd.hpp"

namespace soundhub::http {

/// One client's socket, served by one coroutine on one loop. All on the loop's thread.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  using TimePoint = SteadyClock::time_point;
  /// `trusted`: the peer is a proxy whose word counts. The peer has been admitted to `edge`.
  Connection(Edge& edge, Loop& loop, Fd socket, std::string peer, bool trusted);
  ~Connection();
  void start();
  /// Ends what has run out of time; notices clients that left.
  void sweep(TimePoint now);
  /// The server takes nothing new: an idle connection or an event stream ends now, a running request runs on.
  void drain();
  /// Ends now, whatever runs.
  void abort();

 private:
  enum class Wait { ready, timeout, woken, closed };
  using ExchangePtr = std::shared_ptr<Exchange>;
  /// What the log line needs; the request itself belongs to the handler's thread.
  struct Summary {
    std::string id, path, peer;
    std::string_view method;
    TimePoint began;
    std::string_view pattern{};  ///< of the router, which outlives it
  };

  // connection.cpp
  Awaitable<> run();
  Awaitable<bool> serve_one();
  Awaitable<std::size_t> receive_head();
  Awaitable<bool> refuse(Refusal refusal);
  Awaitable<> linger();
  Awaitable<Wait> wait_socket(Descriptor::wait_type type, TimePoint deadline, bool interruptible);
  Awaitable<Wait> wait_signal(TimePoint deadline);
  void wake();
  std::function<void()> waker();
  void cancel_waits();
  ssize_t receive(void* to, std::size_t size) const;
  bool has_arrived() const;  ///< bytes that nobody has read yet, or the end
  bool client_left() const;
  void finish();

  // connection_request.cpp
  Awaitable<bool> answer_request(Head& head);
  ExchangePtr make_exchange(Head& head, const Route* route, Router::Match& match);
  std::optional<Response> check(const Head& head, const Router::Match& match) const;
  // Coroutines take references: whoever awaits them holds what they refer to. (GCC 12 miscompiles temporaries that live
  // across co_await within && and ||, so each co_await stands alone.)
  Awaitable<> run_request(const ExchangePtr& exchange);
  Awaitable<bool> gather(const ExchangePtr& exchange);
  Awaitable<> wait_for_handler(const ExchangePtr& exchange);
  Awaitable<> feed(Exchange& exchange, TimePoint deadline);
  bool submit(const ExchangePtr& exchange);
  void absorb(Exchange& exchange);
  ssize_t receive_body(Exchange& exchange);
  void client_gone(Exchange& exchange);
  void check_rate(Exchange& exchange, TimePoint now);
  ExchangePtr substitute(int status, std::string_view key);
  bool may_keep(const Exchange& exchange, const Head& head) const;
  Awaitable<bool> discard_rest(Exchange& exchange);

  // connection_send.cpp
  Awaitable<bool> send_answer(const ExchangePtr& exchange, bool keep, bool http_1_0);
  Awaitable<bool> send_bytes(std::string_view bytes, bool more);
  Awaitable<bool> send_span(const ExchangePtr& exchange, Span span);
  Awaitable<bool> send_file(int file, Span span);
  Awaitable<bool> send_chunks(const ExchangePtr& exchange, Span span);
  Awaitable<bool> send_pieces(const ExchangePtr& exchange, std::string out);
  Awaitable<> stream_events(EventBody& events);
  std::shared_ptr<EventQueue> open_events(EventBody& events);
  void report_request(int status, bool whole) const;

  Edge& edge_;
  Loop& loop_;
  Descriptor socket_;
  Timer signal_;
  std::string peer_;
  bool trusted_;
  std::string buffer_;  ///< received, not yet used
  Summary summary_;
  ExchangePtr running_;  ///< the request whose handler runs
  std::shared_ptr<EventQueue> events_;
  std::uint64_t sent_bytes_{};  ///< of the current answer's body
  TimePoint deadline_, last_probe_, rate_since_;
  std::uint64_t rate_bytes_{};
  bool continue_owed_{}, client_gone_{};
  bool idle_{}, lingers_{}, aborted_{}, expired_{}, woken_{}, interruptible_{}, signalling_{};
};

}  // namespace soundhub::http
