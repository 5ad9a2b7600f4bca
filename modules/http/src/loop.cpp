// SPDX-License-Identifier: AGPL-3.0-or-later
#include "loop.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <vector>

#include "connection.hpp"

namespace soundhub::http {

Loop::Loop(std::chrono::milliseconds sweep)
    : sweep_{sweep}, scratch_{std::make_unique<std::array<char, 64 * 1024>>()}, guard_{context_.get_executor()} {}

Loop::~Loop() {
  join();
  connections_.clear();
}

void Loop::start() {
  asio::co_spawn(
      executor(), [this] { return sweep_forever(); }, asio::detached);
  thread_ = std::thread{[this] { context_.run(); }};
}

void Loop::join() {
  context_.stop();
  if (thread_.joinable()) thread_.join();
}

Awaitable<> Loop::sweep_forever() {
  Timer timer{executor()};
  for (;;) {
    timer.expires_after(sweep_);
    co_await timer.async_wait(as_result);
    const auto now = SteadyClock::now();
    for (const auto& connection : connections_) connection->sweep(now);
  }
}

}  // namespace soundhub::http
