// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/http/server.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <csignal>

#include "connection.hpp"
#include "edge.hpp"
#include "listener.hpp"
#include "loop.hpp"

namespace soundhub::http {
namespace {

constexpr std::chrono::milliseconds poll_every{5}, last_words{1'000}, after_no_descriptors{100};

/// Deadlines are late by at most this; a quarter of the shortest, so that short ones mean something too.
std::chrono::milliseconds sweep_of(const ServerOptions& o) {
  const auto shortest = std::min({o.head_time, o.idle_time, o.write_stall, o.body_rate_window, o.heartbeat});
  return std::clamp(shortest / 4, std::chrono::milliseconds{10}, std::chrono::milliseconds{1'000});
}

/// Said once, without a promise that it arrives: whoever opens too many connections gets no coroutine for it.
void turn_away(const Accepted& client, int status, std::string_view key) {
  Request nobody;
  auto response = problem(status, key);
  response.headers.set("Retry-After", "1");
  auto answer = work_out(nobody, std::move(response));
  auto bytes = answer.head + "Connection: close\r\n\r\n" + std::get<std::string>(answer.pieces.front());
  char request[4096];
  [[maybe_unused]] auto ignored = ::recv(client.socket.get(), request, sizeof request, MSG_DONTWAIT);
  ignored = ::send(client.socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  ::shutdown(client.socket.get(), SHUT_WR);
}

}  // namespace

class Server::Impl {
 public:
  Impl(ServerOptions options, const Router& router, const Log& log, Random& random)
      : options_{std::move(options)}, edge_{options_, router, log, random} {
    for (const auto& address : options_.listen) bind(address);
    for (int i = 0; i < std::max(options_.loops, 1); ++i) loops_.push_back(std::make_unique<Loop>(sweep_of(options_)));
  }
  ~Impl() { stop(std::chrono::milliseconds{0}); }

  Result<void> start() {
    if (error_) return tl::unexpected(*error_);
    ::signal(SIGPIPE, SIG_IGN);  // sendfile(2) has no MSG_NOSIGNAL
    for (auto& listening : listening_) {
      acceptors_.push_back(std::make_shared<Descriptor>(loops_.front()->executor(), listening.socket.release()));
      asio::co_spawn(
          loops_.front()->executor(), [this, acceptor = acceptors_.back()] { return accept(acceptor); },
          asio::detached);
    }
    for (auto& loop : loops_) loop->start();
    running_ = true;
    return {};
  }

  std::vector<std::string> addresses() const {
    std::vector<std::string> out;
    for (const auto& listening : listening_) out.push_back(listening.address);
    return out;
  }

  void stop(std::chrono::milliseconds grace) {
    if (!std::exchange(running_, false)) return;
    edge_.draining = true;
    loops_.front()->post([this] { close_acceptors(); });
    on_each_connection([](Connection& connection) { connection.drain(); });
    wait_until_closed(grace);
    on_each_connection([](Connection& connection) { connection.abort(); });
    wait_until_closed(last_words);
    edge_.pool.stop();
    for (auto& loop : loops_) loop->join();
    for (const auto& address : options_.listen)
      if (address.starts_with("unix:")) ::unlink(address.c_str() + 5);
  }

  Counts counts() const {
    return {edge_.requests, edge_.refused, edge_.connections, edge_.open_connections, edge_.event_streams};
  }

 private:
  void bind(const std::string& address) {
    auto listening = listen_on(address);
    if (listening)
      listening_.push_back(*std::move(listening));
    else
      error_ = listening.error();
  }

  /// Runs on the first loop; connections are dealt out to all in turn.
  Awaitable<> accept(std::shared_ptr<Descriptor> acceptor) {
    for (;;) {
      const auto [error] = co_await acceptor->async_wait(Descriptor::wait_read, as_result);
      if (error) co_return;
      for (auto client = accept_from(acceptor->native_handle()); client.socket;
           client = accept_from(acceptor->native_handle()))
        take(std::move(client));
      if (errno != EMFILE && errno != ENFILE) continue;
      edge_.log.warn("http.no_descriptors");
      Timer pause{loops_.front()->executor(), after_no_descriptors};
      co_await pause.async_wait(as_result);
    }
  }

  void take(Accepted client) {
    const bool trusted = edge_.proxies.trusts(client.peer);
    const auto admission = edge_.admit(client.peer, trusted);
    if (admission != Edge::Admission::admitted) {
      ++edge_.refused;
      const bool full = admission == Edge::Admission::full;
      return turn_away(client, full ? 503 : 429, full ? "http.busy" : "http.too_many_connections");
    }
    auto& loop = *loops_[next_loop_++ % loops_.size()];
    auto shared = std::make_shared<Accepted>(std::move(client));
    loop.post([this, &loop, shared, trusted] {
      std::make_shared<Connection>(edge_, loop, std::move(shared->socket), shared->peer, trusted)->start();
    });
  }

  /// Who has connected already is let in: their request may be on its way, and not every client may send it again.
  void close_acceptors() {
    error_code ignored;
    for (const auto& acceptor : acceptors_) {
      for (auto client = accept_from(acceptor->native_handle()); client.socket;
           client = accept_from(acceptor->native_handle()))
        take(std::move(client));
      acceptor->close(ignored);
    }
  }

  template <class Do>
  void on_each_connection(Do act) {
    for (auto& loop : loops_)
      loop->post([&here = *loop, act] {
        for (const auto& connection : here.connections()) act(*connection);
      });
  }

  void wait_until_closed(std::chrono::milliseconds most) const {
    const auto end = SteadyClock::now() + most;
    while (edge_.open_connections > 0 && SteadyClock::now() < end) std::this_thread::sleep_for(poll_every);
  }

  const ServerOptions options_;
  Edge edge_;
  std::optional<Error> error_;
  std::vector<Listening> listening_;
  std::vector<std::unique_ptr<Loop>> loops_;
  std::vector<std::shared_ptr<Descriptor>> acceptors_;  // after loops_: they go first
  std::size_t next_loop_{};
  bool running_{};
};

Server::Server(ServerOptions options, const Router& router, const Log& log, Random& random)
    : impl_{std::make_unique<Impl>(std::move(options), router, log, random)} {}
Server::~Server() = default;
Result<void> Server::start() {
  return impl_->start();
}
std::vector<std::string> Server::addresses() const {
  return impl_->addresses();
}
void Server::stop(std::chrono::milliseconds grace) {
  impl_->stop(grace);
}
Server::Counts Server::counts() const {
  return impl_->counts();
}

}  // namespace soundhub::http
