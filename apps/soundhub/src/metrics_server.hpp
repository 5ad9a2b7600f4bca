// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <memory>
#include <string>

#include "soundhub/http/server.hpp"
#include "wiring.hpp"

namespace soundhub::app {

/// GET /metrics on an address of its own, so that no proxy in front of the app can pass it on by mistake.
class MetricsServer {
 public:
  /// Without an address it does nothing. `watched`, if any, is counted too and must outlive this.
  MetricsServer(const std::string& address, Stores& stores, const http::Server* watched);
  Result<void> start();
  void stop();

 private:
  http::Response answer();

  Stores& stores_;
  const http::Server* watched_;
  http::Router router_;
  Log quiet_{Log::silent()};
  std::unique_ptr<http::Server> server_;
};

}  // namespace soundhub::app
