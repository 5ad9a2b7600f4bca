// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <array>
#include <optional>

#include "options.hpp"
#include "wiring.hpp"

namespace soundhub::app {

inline constexpr Option data_option{"--data", "DIR", "data", "where accounts, songs and audio are kept"};
inline constexpr Option log_option{"--log-level", "LEVEL", "info", "debug, info, warn or error"};

/// The verb's options, or the exit code to leave with: 0 after --help, 2 after a mistake.
struct Parsed {
  std::optional<Options> options;
  int exit_code{};
};
Parsed parse_verb(std::string_view usage, std::span<const Option> table, std::span<const std::string> words);

Result<Config> config_of(const Options& options);
/// Says the error on standard error; the exit code 1.
int report(const Error& error);

/// Waits for SIGINT or SIGTERM, which block_signals() has kept from all threads.
void block_signals();
void wait_for_signal();

}  // namespace soundhub::app
