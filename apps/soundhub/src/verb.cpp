// SPDX-License-Identifier: AGPL-3.0-or-later
#include "verb.hpp"

#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <cstdio>
#include <map>

namespace soundhub::app {
namespace {

sigset_t awaited_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGHUP);
  return set;
}

Result<Call> parse(std::span<const Option> own, std::span<const Option> from_settings,
                   std::span<const std::string> words) {
  std::vector<Option> table{own.begin(), own.end()};
  table.insert(table.end(), from_settings.begin(), from_settings.end());
  SH_TRY(auto options, Options::parse(table, words));
  std::map<std::string, std::string> line;
  for (const auto& [name, value] : options.on_line())
    if (std::ranges::find(from_settings, name, &Option::name) != from_settings.end()) line.emplace(name, value);
  SH_TRY(auto settings, Settings::load(line, Surroundings::of_process()));
  SH_TRY(auto config, config_of(settings));
  return Call{std::move(options), std::move(settings), std::move(config)};
}

}  // namespace

Parsed parse_verb(std::string_view usage, std::span<const Option> own, Scope scope,
                  std::span<const std::string> words) {
  const auto from_settings = options_of(scope);
  if (std::ranges::find(words, "--help") != words.end()) {
    fmt::print("{}\n{}{}", usage, describe(own), describe(from_settings));
    return {std::nullopt, 0};
  }
  auto call = parse(own, from_settings, words);
  if (call) return {*std::move(call), 0};
  fmt::print(stderr, "soundhub: {}\n", call.error().detail);
  return {std::nullopt, 2};
}

int with_call(std::string_view usage, std::span<const Option> own, Scope scope, std::span<const std::string> words,
              const std::function<Result<void>(const Call&)>& run) {
  const auto parsed = parse_verb(usage, own, scope, words);
  if (!parsed.call) return parsed.exit_code;
  const auto done = run(*parsed.call);
  if (done) return 0;
  report(done.error());
  return done.error().key == "options" ? 2 : 1;
}

std::function<void()> log_level_reload(const Call& call, Log& log) {
  return [line = call.options.on_line(), &log] {
    std::map<std::string, std::string> file;
    if (const auto config = line.find("config"); config != line.end()) file.insert(*config);
    const auto level = Settings::load(file, Surroundings::of_process()).and_then([](const Settings& settings) {
      return parse_level(settings["log-level"]);
    });
    if (!level) return log.error("config.not_reloaded", {{"why", level.error().detail}});
    log.set_least(*level);
    log.info("config.reloaded");
  };
}

int report(const Error& error) {
  fmt::print(stderr, "soundhub: {}{}{}\n", error.key, error.detail.empty() ? "" : ": ", error.detail);
  return 1;
}

void block_signals() {
  const auto set = awaited_signals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  signal(SIGPIPE, SIG_IGN);
}

void wait_for_signal(const std::function<void()>& reload) {
  const auto set = awaited_signals();
  for (int received = 0;;) {
    sigwait(&set, &received);
    if (received != SIGHUP) return;
    reload();
  }
}

}  // namespace soundhub::app
