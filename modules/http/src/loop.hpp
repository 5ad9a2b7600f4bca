// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <memory>
#include <thread>
#include <unordered_set>

namespace soundhub::http {

namespace asio = boost::asio;
using boost::system::error_code;
using Executor = asio::io_context::executor_type;
using SteadyClock = std::chrono::steady_clock;
using Timer = asio::basic_waitable_timer<SteadyClock, asio::wait_traits<SteadyClock>, Executor>;
using Descriptor = asio::posix::basic_stream_descriptor<Executor>;
template <class T = void>
using Awaitable = asio::awaitable<T, Executor>;
constexpr auto as_result = asio::as_tuple(asio::use_awaitable_t<Executor>{});

class Connection;

/// One thread that owns sockets. All but post(), start() and join() is called on that thread.
class Loop {
 public:
  /// Connections' deadlines are looked at every `sweep`.
  explicit Loop(std::chrono::milliseconds sweep);
  ~Loop();
  void start();
  /// Ends the thread as soon as it is between two steps. Idempotent.
  void join();
  template <class Task>
  void post(Task task);

  Executor executor() { return context_.get_executor(); }
  /// Where any connection of this loop receives before it knows what for: idle ones hold no buffer.
  std::array<char, 64 * 1024>& scratch() { return *scratch_; }
  void add(const std::shared_ptr<Connection>& connection) { connections_.insert(connection); }
  void remove(const std::shared_ptr<Connection>& connection) { connections_.erase(connection); }
  const std::unordered_set<std::shared_ptr<Connection>>& connections() const { return connections_; }

 private:
  Awaitable<> sweep_forever();

  std::chrono::milliseconds sweep_;
  std::unique_ptr<std::array<char, 64 * 1024>> scratch_;
  std::unordered_set<std::shared_ptr<Connection>> connections_;
  asio::io_context context_{1};
  asio::executor_work_guard<Executor> guard_;
  std::thread thread_;
};

}  // namespace soundhub::http

#include <boost/asio/post.hpp>

namespace soundhub::http {
template <class Task>
void Loop::post(Task task) {
  asio::post(context_, std::move(task));
}
}  // namespace soundhub::http
