// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "soundhub/base/error.hpp"

namespace soundhub::app {

/// One option of a verb: the same row parses, checks and writes the help.
struct Option {
  std::string_view name;   ///< "data", given as --data
  std::string_view value;  ///< "DIR"; empty: a flag
  std::string_view otherwise;
  std::string_view help;
};

/// What was given on the command line, checked against the verb's table.
class Options {
 public:
  /// invalid "options" with a sentence as detail for anything that isn't in the table.
  static Result<Options> parse(std::span<const Option> table, std::span<const std::string> words);
  const std::string& operator[](std::string_view name) const { return values_.find(name)->second; }
  bool given(std::string_view name) const { return !(*this)[name].empty(); }
  const std::vector<std::string>& rest() const { return rest_; }
  /// What stood on the command line, by name, without what is otherwise.
  const std::map<std::string, std::string>& on_line() const { return on_line_; }

 private:
  std::map<std::string, std::string, std::less<>> values_;
  std::map<std::string, std::string> on_line_;
  std::vector<std::string> rest_;  ///< words that aren't options
};

std::string describe(std::span<const Option> table);

}  // namespace soundhub::app
