// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <atomic>
#include <map>
#include <mutex>
#include <string>

#include "handler_pool.hpp"
#include "proxies.hpp"
#include "soundhub/http/server.hpp"

namespace soundhub::http {

/// What all connections of a server share. Thread-safe; outlives them.
struct Edge {
  Edge(const ServerOptions& o, const Router& r, const Log& l, Random& rnd)
      : options{o}, router{r}, log{l}, random{rnd}, proxies{o.trusted_proxies}, pool{o.handlers, o.queue} {}

  const ServerOptions& options;
  const Router& router;
  const Log& log;
  Random& random;
  TrustedProxies proxies;
  HandlerPool pool;

  std::atomic<bool> draining{};
  std::atomic<int> streaming{};  ///< handlers that read a body as it arrives
  std::atomic<std::uint64_t> requests{}, refused{}, connections{}, open_connections{}, event_streams{};

  enum class Admission { admitted, full, too_many_of_address };
  Admission admit(const std::string& peer, bool trusted);
  void leave(const std::string& peer, bool trusted);

 private:
  std::mutex mutex_;
  std::map<std::string, int, std::less<>> by_address_;
};

}  // namespace soundhub::http
