// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/base/text.hpp"
#include "verb.hpp"
#include "verbs.hpp"

namespace soundhub::app {
namespace {

constexpr std::array options{data_option, Option{"--workers", "N", "2", "jobs at once"}, log_option};

Result<void> run(const Options& given) {
  SH_TRY(const auto config, config_of(given));
  const auto workers = parse_integer(given["--workers"]);
  if (!workers || *workers < 1 || *workers > 64) return fail(Errc::invalid, "options", "--workers is 1 to 64");
  SH_TRY(const auto stores, Stores::open(config));
  Back back{*stores, config, static_cast<int>(*workers)};
  back.start();
  stores->log.info("work.started", {{"data", config.data}});
  wait_for_signal();
  back.stop();
  stores->log.info("work.stopped");
  return {};
}

}  // namespace

int work(std::span<const std::string> words) {
  const auto parsed =
      parse_verb("soundhub work: takes jobs (ingest, covers, renders) and nothing else\n", options, words);
  if (!parsed.options) return parsed.exit_code;
  block_signals();
  const auto done = run(*parsed.options);
  return done ? 0 : report(done.error());
}

}  // namespace soundhub::app
