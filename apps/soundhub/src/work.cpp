// SPDX-License-Identifier: AGPL-3.0-or-later
#include "metrics_server.hpp"
#include "verb.hpp"
#include "verbs.hpp"
#include "wiring.hpp"

namespace soundhub::app {
namespace {

Result<void> run(const Call& call) {
  SH_TRY(const auto stores, Stores::open(call.config));
  Back back{*stores, call.config};
  MetricsServer metrics{call.config.metrics_listen, *stores, nullptr};
  SH_CHECK(metrics.start());
  back.start();
  stores->log.info("work.started", {{"data", call.config.data}});
  wait_for_signal(log_level_reload(call, stores->log));
  back.stop();
  stores->log.info("work.stopped");
  return {};
}

}  // namespace

int work(std::span<const std::string> words) {
  const auto parsed =
      parse_verb("soundhub work: takes jobs (ingest, covers, renders) and nothing else\n", {}, Scope::jobs, words);
  if (!parsed.call) return parsed.exit_code;
  block_signals();
  const auto done = run(*parsed.call);
  return done ? 0 : report(done.error());
}

}  // namespace soundhub::app
