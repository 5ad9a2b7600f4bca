// SPDX-License-Identifier: AGPL-3.0-or-later
#include <fmt/format.h>
#include <malloc.h>

#include "soundhub/base/text.hpp"
#include "soundhub/http/server.hpp"
#include "verb.hpp"
#include "verbs.hpp"

namespace soundhub::app {
namespace {

constexpr std::array options{
    Option{"--listen", "ADDR:PORT", "127.0.0.1:8000", "where to listen; [v6]:PORT and unix:/path too, port 0: any"},
    data_option,
    Option{"--no-worker", "", "", "leave the jobs to `soundhub work`"},
    Option{"--workers", "N", "2", "jobs at once"},
    Option{"--trust-proxy", "LIST", "", "addresses whose X-Forwarded-* headers count, with commas between"},
    log_option,
};

std::vector<std::string> split(const std::string& list) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at < list.size();) {
    const auto comma = std::min(list.find(',', at), list.size());
    if (const auto item = trim(std::string_view{list}.substr(at, comma - at)); !item.empty()) out.emplace_back(item);
    at = comma + 1;
  }
  return out;
}

Result<void> run(const Options& given) {
  SH_TRY(const auto config, config_of(given));
  const auto workers = parse_integer(given["--workers"]);
  if (!workers || *workers < 1 || *workers > 64) return fail(Errc::invalid, "options", "--workers is 1 to 64");
  SH_TRY(const auto stores, Stores::open(config));
  Front front{*stores};
  http::ServerOptions server_options;
  server_options.listen = split(given["--listen"]);
  server_options.trusted_proxies = split(given["--trust-proxy"]);
  http::Server server{server_options, front.api().router(), stores->log, stores->random};
  Back back{*stores, config, static_cast<int>(*workers)};
  SH_CHECK(server.start());
  if (!given.given("--no-worker")) back.start();
  for (const auto& address : server.addresses())
    stores->log.info("serve.listening", {{"address", address}, {"data", config.data}});

  wait_for_signal();
  stores->log.info("serve.stopping");
  front.refuse_readiness();
  server.stop(std::chrono::seconds{20});
  back.stop();
  stores->log.info("serve.stopped");
  return {};
}

}  // namespace

int serve(std::span<const std::string> words) {
  const auto parsed =
      parse_verb("soundhub serve: the web app, the API and (unless told otherwise) the worker\n", options, words);
  if (!parsed.options) return parsed.exit_code;
  // Handlers come from a pool of threads; an arena each would hold on to what bursts have used.
  mallopt(M_ARENA_MAX, 2);
  block_signals();
  const auto done = run(*parsed.options);
  return done ? 0 : report(done.error());
}

}  // namespace soundhub::app
