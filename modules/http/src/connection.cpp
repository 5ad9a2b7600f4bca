// SPDX-License-Identifier: AGPL-3.0-or-later
#include "connection.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

namespace soundhub::http {
namespace {

constexpr auto never = SteadyClock::time_point::max();
constexpr std::chrono::seconds linger_time{2}, probe_every{1};
constexpr std::size_t most_lingering_bytes = 4 * 1024 * 1024;

}  // namespace

Connection::Connection(Edge& edge, Loop& loop, Fd socket, std::string peer, bool trusted)
    : edge_{edge},
      loop_{loop},
      socket_{loop.executor(), socket.release()},
      signal_{loop.executor(), never},
      peer_{std::move(peer)},
      trusted_{trusted},
      deadline_{never} {}

Connection::~Connection() {
  if (events_) events_->detach();
}

void Connection::start() {
  loop_.add(shared_from_this());
  asio::co_spawn(
      loop_.executor(), [self = shared_from_this()] { return self->run(); }, asio::detached);
}

Awaitable<> Connection::run() {
  const auto self = shared_from_this();
  try {
    for (bool more = true; more;) more = co_await serve_one();
    if (lingers_) co_await linger();
  } catch (const std::exception& error) {
    edge_.log.error("http.connection_failed", {{"peer", peer_}, {"what", error.what()}});
  }
  finish();
}

void Connection::finish() {
  if (running_) running_->stop.request_stop();
  if (events_) events_->detach();
  error_code ignored;
  socket_.close(ignored);
  edge_.leave(peer_, trusted_);
  loop_.remove(shared_from_this());
}

Awaitable<bool> Connection::serve_one() {
  const auto size = co_await receive_head();
  if (size == 0) co_return false;
  auto head = parse_head(std::string_view{buffer_}.substr(0, size));
  if (!head) co_return co_await refuse(head.error());
  buffer_.erase(0, size);
  if (buffer_.empty()) buffer_ = {};
  co_return co_await answer_request(*head);
}

/// The size of a whole head at the front of the buffer, or 0 if the connection is to be closed.
Awaitable<std::size_t> Connection::receive_head() {
  std::size_t seen = 0;
  auto deadline = SteadyClock::now() + edge_.options.idle_time;
  bool begun = false;
  for (;;) {
    // Robustness (RFC 9112 2.2): empty lines before a request are skipped.
    while (!begun && buffer_.starts_with("\r\n")) buffer_.erase(0, 2);
    if (!buffer_.empty() && !begun) {
      begun = true;
      summary_ = {{}, "-", peer_, "-", SteadyClock::now()};
      deadline = summary_.began + edge_.options.head_time;
    }
    const auto scan = scan_head(buffer_, seen);
    const bool too_long = (scan.size > 0 ? scan.size : buffer_.size()) > edge_.options.head_bytes;
    Refusal refusal{400, "http.head_invalid"};
    if (too_long) {
      const bool line_ended = buffer_.find('\n') < edge_.options.head_bytes;
      refusal = line_ended ? Refusal{431, "http.head_too_large"} : Refusal{414, "http.target_too_long"};
    }
    if (too_long || (scan.state == HeadScan::State::broken && begun)) {
      co_await refuse(refusal);
      co_return 0;
    }
    if (scan.state == HeadScan::State::complete) co_return scan.size;
    seen = buffer_.size();
    // What has arrived before the goodbye is answered: not every client may send it again.
    if (!begun && (aborted_ || (edge_.draining && !has_arrived()))) co_return 0;
    idle_ = !begun;
    const auto waited = co_await wait_socket(Descriptor::wait_read, deadline, false);
    idle_ = false;
    if (waited == Wait::timeout && begun) {
      co_await refuse(Refusal{408, "http.head_too_slow"});
      co_return 0;
    }
    if (waited != Wait::ready && (aborted_ || !has_arrived())) co_return 0;
    auto& scratch = loop_.scratch();
    const auto count = receive(scratch.data(), scratch.size());
    if (count == 0 || (count < 0 && errno != EAGAIN)) co_return 0;
    if (count > 0) buffer_.append(scratch.data(), static_cast<std::size_t>(count));
  }
}

Awaitable<bool> Connection::refuse(Refusal refusal) {
  ++edge_.refused;
  summary_.id = random_token(edge_.random, 12);
  const auto exchange = substitute(refusal.status, refusal.key);
  const bool whole = co_await send_answer(exchange, false, false);
  report_request(refusal.status, whole);
  lingers_ = whole;
  co_return false;
}

/// Closing while bytes are unread makes the kernel send RST, which may destroy the answer before the client reads it.
Awaitable<> Connection::linger() {
  ::shutdown(socket_.native_handle(), SHUT_WR);
  const auto deadline = SteadyClock::now() + linger_time;
  auto& scratch = loop_.scratch();
  for (std::size_t total = 0; total < most_lingering_bytes;) {
    const auto count = receive(scratch.data(), scratch.size());
    if (count == 0 || (count < 0 && errno != EAGAIN)) co_return;
    if (count > 0) {
      total += static_cast<std::size_t>(count);
      continue;
    }
    idle_ = true;
    const auto waited = co_await wait_socket(Descriptor::wait_read, deadline, false);
    if (waited != Wait::ready || edge_.draining) co_return;
  }
}

Awaitable<Connection::Wait> Connection::wait_socket(Descriptor::wait_type type, TimePoint deadline,
                                                    bool interruptible) {
  if (aborted_) co_return Wait::closed;
  if (interruptible && std::exchange(woken_, false)) co_return Wait::woken;
  deadline_ = deadline;
  expired_ = false;
  interruptible_ = interruptible;
  const auto [error] = co_await socket_.async_wait(type, as_result);
  deadline_ = never;
  interruptible_ = false;
  if (aborted_) co_return Wait::closed;
  if (!error) co_return Wait::ready;
  if (expired_) co_return Wait::timeout;
  if (interruptible && std::exchange(woken_, false)) co_return Wait::woken;
  co_return Wait::closed;
}

Awaitable<Connection::Wait> Connection::wait_signal(TimePoint deadline) {
  if (aborted_) co_return Wait::closed;
  if (std::exchange(woken_, false)) co_return Wait::woken;
  deadline_ = deadline;
  expired_ = false;
  signalling_ = true;
  co_await signal_.async_wait(as_result);
  signalling_ = false;
  deadline_ = never;
  if (aborted_) co_return Wait::closed;
  if (std::exchange(woken_, false)) co_return Wait::woken;
  co_return Wait::timeout;
}

void Connection::wake() {
  woken_ = true;
  if (signalling_) signal_.cancel();
  if (interruptible_) cancel_waits();
}

std::function<void()> Connection::waker() {
  return [loop = &loop_, weak = weak_from_this()] {
    loop->post([weak] {
      if (const auto self = weak.lock()) self->wake();
    });
  };
}

void Connection::cancel_waits() {
  error_code ignored;
  socket_.cancel(ignored);
  signal_.cancel();
}

void Connection::sweep(TimePoint now) {
  if (now >= deadline_) {
    expired_ = true;
    cancel_waits();
  }
  if ((!running_ && !events_) || now - last_probe_ < probe_every) return;
  last_probe_ = now;
  if (!client_left()) return;
  client_gone_ = true;
  if (running_) client_gone(*running_);
  if (events_) events_->close();
}

void Connection::drain() {
  if (idle_) cancel_waits();
  if (events_) events_->close();
}

void Connection::abort() {
  aborted_ = true;
  if (running_) client_gone(*running_);
  cancel_waits();
}

ssize_t Connection::receive(void* to, std::size_t size) const {
  return ::recv(const_cast<Descriptor&>(socket_).native_handle(), to, size, MSG_DONTWAIT);
}

bool Connection::has_arrived() const {
  pollfd query{const_cast<Descriptor&>(socket_).native_handle(), POLLIN, 0};
  return ::poll(&query, 1, 0) == 1;
}

bool Connection::client_left() const {
  pollfd query{const_cast<Descriptor&>(socket_).native_handle(), POLLRDHUP, 0};
  return ::poll(&query, 1, 0) == 1 && (query.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

}  // namespace soundhub::http
