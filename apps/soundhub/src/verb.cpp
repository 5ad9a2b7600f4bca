// SPDX-License-Identifier: AGPL-3.0-or-later
#include "verb.hpp"

#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>

namespace soundhub::app {
namespace {

sigset_t ending_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  return set;
}

Result<LogLevel> parse_level(const std::string& word) {
  constexpr std::array<std::string_view, 4> words{"debug", "info", "warn", "error"};
  const auto found = std::ranges::find(words, word);
  if (found == words.end()) return fail(Errc::invalid, "options", "--log-level is debug, info, warn or error");
  return static_cast<LogLevel>(found - words.begin());
}

}  // namespace

Parsed parse_verb(std::string_view usage, std::span<const Option> table, std::span<const std::string> words) {
  if (std::ranges::find(words, "--help") != words.end()) {
    fmt::print("{}\n{}", usage, describe(table));
    return {std::nullopt, 0};
  }
  auto options = Options::parse(table, words);
  if (options) return {*std::move(options), 0};
  fmt::print(stderr, "soundhub: {}\n", options.error().detail);
  return {std::nullopt, 2};
}

Result<Config> config_of(const Options& options) {
  Config config;
  config.data = std::filesystem::absolute(options["--data"]).string();
  SH_TRY(config.log_level, parse_level(options["--log-level"]));
  config.media_program = std::filesystem::read_symlink("/proc/self/exe").parent_path() / "soundhub-media";
  return config;
}

int report(const Error& error) {
  fmt::print(stderr, "soundhub: {}{}{}\n", error.key, error.detail.empty() ? "" : ": ", error.detail);
  return 1;
}

void block_signals() {
  const auto set = ending_signals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  signal(SIGPIPE, SIG_IGN);
}

void wait_for_signal() {
  const auto set = ending_signals();
  int received = 0;
  sigwait(&set, &received);
}

}  // namespace soundhub::app
