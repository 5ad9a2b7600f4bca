// SPDX-License-Identifier: AGPL-3.0-or-later
#include <sys/socket.h>

#include "connection.hpp"

namespace soundhub::http {
namespace {

/// What is left of a body nobody wanted is read and thrown away up to this; beyond it the connection is closed.
constexpr std::uint64_t most_discarded_bytes = 256 * 1024;
constexpr std::chrono::seconds discard_time{5};
constexpr int retry_after_seconds = 1;

std::string allow_list(const std::vector<Method>& methods) {
  std::string out;
  bool get = false, head = false;
  for (const auto method : methods) {
    out += std::string{to_string(method)} + ", ";
    get = get || method == Method::get;
    head = head || method == Method::head;
  }
  if (get && !head) out += "HEAD, ";
  return out + "OPTIONS";
}

Response method_not_allowed(Method method, const std::vector<Method>& allowed) {
  auto response = method == Method::options ? empty(204) : problem(405, "http.method_not_allowed");
  response.headers.set("Allow", allow_list(allowed));
  return response;
}

Response busy() {
  auto response = problem(503, "http.busy");
  response.headers.set("Retry-After", std::to_string(retry_after_seconds));
  return response;
}

bool is_read(Method method) {
  return method == Method::get || method == Method::head;
}

}  // namespace

/// What can be said without a handler.
std::optional<Response> Connection::check(const Head& head, const Router::Match& match) const {
  if (head.asterisk)
    return method_not_allowed(Method::options, {Method::get, Method::post, Method::put, Method::patch, Method::del});
  const auto* route = match.route;
  if (!route && !match.allowed.empty()) return method_not_allowed(head.method, match.allowed);
  if (!route && is_read(head.method)) route = edge_.router.fallback();
  if (!route) return problem(404, "http.not_found");
  if (head.framing == Framing::length && head.length > route->limits.body_bytes)
    return problem(413, "http.body_too_large");
  return std::nullopt;
}

Connection::ExchangePtr Connection::make_exchange(Head& head, const Route* route, Router::Match& match) {
  const auto exchange = std::make_shared<Exchange>(head, route ? route->limits : Limits{}, SteadyClock::now(), waker());
  auto& request = exchange->request;
  request.id = random_token(edge_.random, 12);
  request.peer = peer_;
  request.params = std::move(match.params);
  if (trusted_) apply_forwarded(request, edge_.proxies);
  if (route) exchange->handler = &route->handler;
  summary_.id = request.id;
  summary_.path = request.path;
  summary_.peer = request.peer;
  summary_.method = to_string(request.method);
  summary_.pattern = route ? std::string_view{route->pattern} : std::string_view{};
  return exchange;
}

/// An answer of ours in place of a handler's; shares nothing with the request's exchange, which may still be in use.
Connection::ExchangePtr Connection::substitute(int status, std::string_view key) {
  const auto exchange = std::make_shared<Exchange>(Head{}, Limits{}, SteadyClock::now(), waker());
  exchange->request.id = summary_.id;
  auto response = problem(status, key);
  if (status == 503) response.headers.set("Retry-After", std::to_string(retry_after_seconds));
  exchange->answer = work_out(exchange->request, std::move(response));
  return exchange;
}

Awaitable<bool> Connection::answer_request(Head& head) {
  ++edge_.requests;
  auto match = edge_.router.find(head.method, head.path);
  auto response = check(head, match);
  const auto* route = match.route ? match.route : edge_.router.fallback();
  const auto exchange = make_exchange(head, response ? nullptr : route, match);
  continue_owed_ = head.expects_continue;
  if (response) {
    exchange->answer = work_out(exchange->request, *std::move(response));
    exchange->done = true;
  } else {
    co_await run_request(exchange);
  }
  if (aborted_) co_return false;
  absorb(*exchange);
  // The handler may be running still if we gave up on it: then what it has isn't touched.
  const auto answered = exchange->done ? exchange : running_;
  running_.reset();
  const bool keep = exchange->done && may_keep(*exchange, head);
  const int status = answered->answer.status;
  const bool whole = co_await send_answer(answered, keep, head.http_1_0);
  report_request(status, whole);
  lingers_ = whole && !keep;
  if (!whole || !keep) co_return false;
  co_return co_await discard_rest(*exchange);
}

bool Connection::may_keep(const Exchange& exchange, const Head& head) const {
  if (!head.keep_alive || edge_.draining || client_gone_ || exchange.answer.events) return false;
  const auto& intake = exchange.intake;
  if (intake.ended()) return true;
  return !continue_owed_ && !intake.broken() && intake.known_length() && intake.left() <= most_discarded_bytes;
}

/// Ends with the exchange done, or with a substitute in running_.
Awaitable<> Connection::run_request(const ExchangePtr& exchange) {
  rate_since_ = SteadyClock::now();
  rate_bytes_ = 0;
  if (exchange->gathers()) {
    const bool whole = co_await gather(exchange);
    if (!whole) co_return;
  }
  exchange->streams = exchange->framing != Framing::none && !exchange->gathers();
  if (!submit(exchange)) {
    ++edge_.refused;
    exchange->answer = work_out(exchange->request, busy());
    exchange->done = true;
    co_return;
  }
  running_ = exchange;
  co_await wait_for_handler(exchange);
  if (!exchange->done) running_ = substitute(503, "http.deadline_passed");
}

/// Receives a small body whole. False: it didn't come, and running_ says why.
Awaitable<bool> Connection::gather(const ExchangePtr& exchange) {
  absorb(*exchange);
  while (!exchange->intake.ended()) {
    const auto now = SteadyClock::now();
    check_rate(*exchange, now);
    if (now >= exchange->request.deadline || exchange->intake.broken() || client_gone_ || aborted_) {
      running_ = client_gone_ ? substitute(400, "http.body_broken") : substitute(408, "http.body_too_slow");
      co_return false;
    }
    co_await feed(*exchange, exchange->request.deadline);
  }
  co_return true;
}

bool Connection::submit(const ExchangePtr& exchange) {
  if (exchange->streams && edge_.streaming.fetch_add(1) >= edge_.options.streaming_handlers) {
    --edge_.streaming;
    return false;
  }
  if (edge_.pool.try_submit([exchange, &edge = edge_] { run_handler(*exchange, edge); })) return true;
  if (exchange->streams) --edge_.streaming;
  return false;
}

Awaitable<> Connection::wait_for_handler(const ExchangePtr& exchange) {
  while (!exchange->done) {
    const auto now = SteadyClock::now();
    if (now >= exchange->request.deadline) exchange->stop.request_stop();
    if (now >= exchange->give_up || aborted_) {
      client_gone(*exchange);
      co_return;
    }
    const auto& intake = exchange->intake;
    const bool asked = !continue_owed_ || exchange->body.wanted();
    if (intake.ended() || intake.broken() || client_gone_ || !asked) {
      co_await wait_signal(now < exchange->request.deadline ? exchange->request.deadline : exchange->give_up);
    } else {
      check_rate(*exchange, now);
      co_await feed(*exchange, exchange->give_up);
    }
  }
}

/// One step of receiving a body: takes what is there, or waits for the client, or for room.
Awaitable<> Connection::feed(Exchange& exchange, TimePoint deadline) {
  if (std::exchange(continue_owed_, false)) {
    const bool sent = co_await send_bytes("HTTP/1.1 100 Continue\r\n\r\n", false);
    if (!sent) client_gone(exchange);
  }
  absorb(exchange);
  if (exchange.intake.ended() || exchange.intake.broken() || client_gone_) co_return;
  if (exchange.body.room().empty()) {
    // It is the handler that is slow, not the client.
    co_await wait_signal(deadline);
    rate_since_ = SteadyClock::now();
    rate_bytes_ = exchange.intake.total();
    co_return;
  }
  const auto count = receive_body(exchange);
  if (count == 0 || (count < 0 && errno != EAGAIN)) client_gone(exchange);
  if (count >= 0 || client_gone_) co_return;
  co_await wait_socket(Descriptor::wait_read, std::min(deadline, rate_since_ + edge_.options.body_rate_window), true);
}

void Connection::absorb(Exchange& exchange) {
  if (buffer_.empty()) return;
  buffer_.erase(0, exchange.intake.take(buffer_));
  if (buffer_.empty()) buffer_ = {};
}

/// As recv(2). A body of known length goes straight to its window.
ssize_t Connection::receive_body(Exchange& exchange) {
  if (const auto room = exchange.intake.direct(); !room.empty()) {
    const auto count = receive(room.data(), room.size());
    if (count > 0) exchange.intake.received(static_cast<std::size_t>(count));
    return count;
  }
  auto& scratch = loop_.scratch();
  const auto count = receive(scratch.data(), scratch.size());
  if (count > 0) {
    buffer_.append(scratch.data(), static_cast<std::size_t>(count));
    absorb(exchange);
  }
  return count;
}

void Connection::client_gone(Exchange& exchange) {
  client_gone_ = true;
  exchange.body.fail_with({Errc::invalid, "http.body_broken", "the client left"});
  exchange.stop.request_stop();
}

void Connection::check_rate(Exchange& exchange, TimePoint now) {
  const auto window = edge_.options.body_rate_window;
  if (now - rate_since_ < window) return;
  const auto least = exchange.limits.least_body_bytes_per_second * static_cast<std::uint64_t>(window.count()) / 1000;
  if (exchange.intake.total() - rate_bytes_ < least) exchange.intake.give_up_slow();
  rate_since_ = now;
  rate_bytes_ = exchange.intake.total();
}

Awaitable<bool> Connection::discard_rest(Exchange& exchange) {
  const auto deadline = SteadyClock::now() + discard_time;
  auto& scratch = loop_.scratch();
  buffer_.erase(0, exchange.intake.discard(buffer_.size()));
  while (!exchange.intake.ended()) {
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(exchange.intake.left(), scratch.size()));
    const auto count = receive(scratch.data(), wanted);
    if (count == 0 || (count < 0 && errno != EAGAIN)) co_return false;
    if (count > 0) {
      exchange.intake.discard(static_cast<std::size_t>(count));
      continue;
    }
    const auto waited = co_await wait_socket(Descriptor::wait_read, deadline, false);
    if (waited != Wait::ready) co_return false;
  }
  co_return true;
}

}  // namespace soundhub::http
