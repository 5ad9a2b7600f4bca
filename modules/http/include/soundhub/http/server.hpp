// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "soundhub/base/log.hpp"
#include "soundhub/base/random.hpp"
#include "soundhub/http/router.hpp"

namespace soundhub::http {

/// A request that was answered, or given up on.
struct Served {
  std::string_view method;   ///< "-" if no head arrived
  std::string_view pattern;  ///< the route's; "" if none was meant
  int status{};
  double seconds{};  ///< from its first byte to the answer's last; of an event stream, its life
};

struct ServerOptions {
  std::vector<std::string> listen{"127.0.0.1:8000"};  ///< ADDR:PORT, [v6]:PORT, unix:/path; port 0: any free one
  int loops{2};                                       ///< threads that own sockets
  int handlers{16};                                   ///< threads that run handlers
  int queue{256};              ///< requests that may wait for a handler; beyond that 503 with Retry-After
  int streaming_handlers{12};  ///< handlers that may read a body of more than 64 KiB at once; beyond that 503 too
  int connections{10'000};
  int connections_per_address{1'000};
  std::size_t head_bytes{16 * 1024};              ///< request line and fields; beyond that 431 (414 for the target)
  std::chrono::milliseconds head_time{10'000};    ///< from its first byte to its last, however it drips
  std::chrono::milliseconds idle_time{75'000};    ///< keep-alive
  std::chrono::milliseconds write_stall{30'000};  ///< a client that takes nothing for this long is cut off
  std::chrono::milliseconds body_rate_window{10'000};  ///< over which Limits::least_body_bytes_per_second is measured
  std::chrono::milliseconds heartbeat{15'000};         ///< a comment line on event streams that are silent
  std::vector<std::string> trusted_proxies{};  ///< addresses or CIDR blocks whose X-Forwarded-* count; "unix" too
  /// Hears of each request on its loop's thread; must not block.
  std::function<void(const Served&)> on_served{};
};

/// Serves a router. The constructor binds (an error is returned by start()); run() returns after stop().
class Server {
 public:
  /// The router, log and random must outlive the server.
  Server(ServerOptions options, const Router& router, const Log& log, Random& random);
  ~Server();
  /// Binds and starts the threads. invalid "http.listen" when an address can't be had.
  Result<void> start();
  /// The bound addresses, as in `listen` but with real ports.
  std::vector<std::string> addresses() const;
  /// Refuses what is new, lets running requests end for at most `grace`, closes event streams, joins. Idempotent.
  void stop(std::chrono::milliseconds grace);

  struct Counts {
    std::uint64_t requests{}, refused{}, connections{}, open_connections{}, event_streams{};
  };
  Counts counts() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace soundhub::http
