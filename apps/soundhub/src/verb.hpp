// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "config.hpp"
#include "options.hpp"
#include "settings.hpp"

namespace soundhub::app {

/// A verb that was called rightly.
struct Call {
  Options options;
  Settings settings;
  Config config;
};

/// The call, or the exit code to leave with: 0 after --help, 2 after a mistake.
struct Parsed {
  std::optional<Call> call;
  int exit_code{};
};
/// `own` are the verb's own options; `scope` says which settings it takes on its command line.
Parsed parse_verb(std::string_view usage, std::span<const Option> own, Scope scope, std::span<const std::string> words);

/// Parses, runs, reports: the whole of a verb that needs no more. Exit codes as of Parsed; 2 for invalid "options" too.
int with_call(std::string_view usage, std::span<const Option> own, Scope scope, std::span<const std::string> words,
              const std::function<Result<void>(const Call&)>& run);

/// Takes log-level again from where the call had it from, as wait_for_signal() wants it.
std::function<void()> log_level_reload(const Call& call, Log& log);
/// Says the error on standard error; the exit code 1.
int report(const Error& error);

/// Waits for SIGINT or SIGTERM, which block_signals() has kept from all threads.
void block_signals();
/// Calls `reload` on each SIGHUP meanwhile.
void wait_for_signal(const std::function<void()>& reload);

}  // namespace soundhub::app
