// SPDX-License-Identifier: AGPL-3.0-or-later
#include "metrics_server.hpp"

namespace soundhub::app {

MetricsServer::MetricsServer(const std::string& address, Stores& stores, const http::Server* watched)
    : stores_{stores}, watched_{watched} {
  if (address.empty()) return;
  router_.add({http::Method::get, "/metrics", {}, [this](http::Request&) { return answer(); }});
  http::ServerOptions options;
  options.listen = {address};
  options.loops = 1;
  options.handlers = 1;
  options.connections = 100;
  server_ = std::make_unique<http::Server>(options, router_, quiet_, stores.random);
}

Result<void> MetricsServer::start() {
  if (!server_) return {};
  SH_CHECK(server_->start());
  for (const auto& address : server_->addresses()) stores_.log.info("metrics.listening", {{"address", address}});
  return {};
}

void MetricsServer::stop() {
  if (server_) server_->stop(std::chrono::milliseconds{100});
}

http::Response MetricsServer::answer() {
  stores_.observation.take_stock(*stores_.db, stores_.clock.now());
  if (watched_) stores_.observation.take_stock(watched_->counts());
  return http::text(200, stores_.observation.text(), "text/plain; version=0.0.4; charset=utf-8");
}

}  // namespace soundhub::app
