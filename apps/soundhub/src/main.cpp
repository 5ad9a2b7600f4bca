// SPDX-License-Identifier: AGPL-3.0-or-later
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <exception>
#include <string_view>
#include <vector>

#include "verbs.hpp"

namespace {

struct Verb {
  std::string_view name, help;
  int (*run)(std::span<const std::string>);
};

constexpr std::array verbs{
    Verb{"serve", "serve the web app and the API, with a worker", soundhub::app::serve},
    Verb{"work", "take jobs only", soundhub::app::work},
    Verb{"demo", "bring the demo songs to a server", soundhub::app::demo},
    Verb{"admin", "jobs that were given up; administrators", soundhub::app::admin},
    Verb{"check-config", "print the settings in force, or what is wrong with them", soundhub::app::check_config},
    Verb{"doctor", "try all that an instance stands on; say what to do", soundhub::app::doctor},
    Verb{"backup", "copy an instance while it runs", soundhub::app::backup},
    Verb{"restore", "bring a backup back", soundhub::app::restore},
    Verb{"migrate", "bring the database to this program's schema, or to another server", soundhub::app::migrate},
    Verb{"blobs", "copy the blobs to another store", soundhub::app::blobs},
    Verb{"verify", "hash every blob again", soundhub::app::verify},
    Verb{"sweep", "remove what nobody names any more", soundhub::app::sweep},
    Verb{"routes", "print the route table", soundhub::app::routes},
};

int help(int exit_code) {
  auto* out = exit_code == 0 ? stdout : stderr;
  fmt::print(out, "soundhub VERB [OPTION…]; each verb has --help\n\n");
  for (const auto& verb : verbs) fmt::print(out, "  {:<14}{}\n", verb.name, verb.help);
  return exit_code;
}

}  // namespace

int main(int argc, char** argv) try {
  const std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
  if (words.empty()) return help(2);
  if (words[0] == "--help" || words[0] == "help") return help(0);
  if (words[0] == "--version") return fmt::print("soundhub " SOUNDHUB_VERSION "\n"), 0;
  const auto* verb = std::ranges::find(verbs, words[0], &Verb::name);
  if (verb == verbs.end()) return help(2);
  return verb->run(std::span{words}.subspan(1));
} catch (const std::exception& e) {
  fmt::print(stderr, "soundhub: {}\n", e.what());
  return 1;
}
