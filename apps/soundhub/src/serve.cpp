// SPDX-License-Identifier: AGPL-3.0-or-later
#include <malloc.h>

#include "metrics_server.hpp"
#include "soundhub/http/server.hpp"
#include "verb.hpp"
#include "verbs.hpp"
#include "wiring.hpp"

namespace soundhub::app {
namespace {

Result<void> run(const Call& call) {
  const auto& config = call.config;
  SH_TRY(const auto stores, Stores::open(config));
  Front front{*stores, config};
  http::ServerOptions server_options;
  server_options.listen = config.listen;
  server_options.trusted_proxies = config.trusted_proxies;
  server_options.on_served = stores->observation.of_requests();
  http::Server server{server_options, front.api().router(), stores->log, stores->random};
  Back back{*stores, config};
  SH_CHECK(server.start());
  MetricsServer metrics{config.metrics_listen, *stores, &server};
  SH_CHECK(metrics.start());
  if (config.worker) back.start();
  for (const auto& address : server.addresses())
    stores->log.info("serve.listening", {{"address", address}, {"data", config.data}});

  wait_for_signal(log_level_reload(call, stores->log));
  stores->log.info("serve.stopping");
  front.refuse_readiness();
  server.stop(std::chrono::seconds{20});
  back.stop();
  metrics.stop();
  stores->log.info("serve.stopped");
  return {};
}

}  // namespace

int serve(std::span<const std::string> words) {
  const auto parsed = parse_verb("soundhub serve: the web app, the API and (unless told otherwise) the worker\n", {},
                                 Scope::serving, words);
  if (!parsed.call) return parsed.exit_code;
  // Handlers come from a pool of threads; an arena each would hold on to what bursts have used.
  mallopt(M_ARENA_MAX, 2);
  block_signals();
  const auto done = run(*parsed.call);
  return done ? 0 : report(done.error());
}

}  // namespace soundhub::app
