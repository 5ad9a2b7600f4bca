// SPDX-License-Identifier: AGPL-3.0-or-later
#include "options.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace soundhub::app {

Result<Options> Options::parse(std::span<const Option> table, std::span<const std::string> words) {
  Options options;
  for (const auto& option : table) options.values_.emplace(option.name, option.otherwise);
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto& word = words[i];
    if (!word.starts_with("--")) {
      options.rest_.push_back(word);
      continue;
    }
    const auto equals = word.find('=');
    const auto name = word.substr(2, equals == std::string::npos ? equals : equals - 2);
    const auto found = std::ranges::find(table, name, &Option::name);
    if (found == table.end()) return fail(Errc::invalid, "options", "there is no option --" + name + " (see --help)");
    auto& given = options.on_line_[name];
    if (found->value.empty()) {
      given = "yes";
    } else if (equals != std::string::npos) {
      given = word.substr(equals + 1);
    } else if (i + 1 < words.size()) {
      given = words[++i];
    } else {
      return fail(Errc::invalid, "options", fmt::format("--{} needs a {}", name, found->value));
    }
    options.values_[name] = given;
  }
  return options;
}

std::string describe(std::span<const Option> table) {
  std::string out;
  for (const auto& option : table) {
    out += fmt::format("  {:<32} {}", fmt::format("--{} {}", option.name, option.value), option.help);
    if (!option.otherwise.empty()) out += fmt::format(" ({})", option.otherwise);
    out += '\n';
  }
  return out;
}

}  // namespace soundhub::app
