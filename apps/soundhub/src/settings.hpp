// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "options.hpp"
#include "soundhub/base/error.hpp"

namespace soundhub::app {

/// Which verbs take a setting as an option; each scope holds the ones before it. From file and environment every verb
/// takes all.
enum class Scope {
  none,
  stores,  ///< verbs that open the database and the blobs
  jobs,    ///< those that run jobs or write links into mails: also work and admin
  serving  ///< serve, and what looks at everything
};

/// One thing an operator can set. The same row is an option of the command line (--log-level), a line of the
/// configuration file (log-level = debug), a variable of the environment (SOUNDHUB_LOG_LEVEL), a row of
/// `check-config` and of docs/operations.md.
struct Setting {
  Scope scope{};
  std::string_view name;   ///< "log-level"
  std::string_view value;  ///< what stands for it in the manual: "LEVEL"
  std::string_view otherwise;
  std::string_view help;
  bool secret{};  ///< never on the command line and never printed; NAME-file reads it from a file
};

std::span<const Setting> settings_table();

/// Where values come from, so that tests can hand in their own.
struct Surroundings {
  std::map<std::string, std::string> environment;  ///< all of it
  std::function<Result<std::string>(const std::string& path)> read_file;
  static Surroundings of_process();
};

/// The values in force. Command line over environment over file over default.
class Settings {
 public:
  /// Errors: invalid "config" with a sentence that names the source and the mistake: an unknown name, a name given
  /// twice, a secret with NAME and NAME-file, a file that can't be read.
  static Result<Settings> load(const std::map<std::string, std::string>& command_line, const Surroundings& around);

  const std::string& operator[](std::string_view name) const;
  bool given(std::string_view name) const { return !(*this)[name].empty(); }
  /// "default", "command line", "environment", or the file's path.
  const std::string& source(std::string_view name) const;

 private:
  struct Value {
    std::string text, source;
  };
  Result<void> take(std::string_view name, std::string text, const std::string& source, const Surroundings& around);
  Result<void> take_file(const std::string& path, const Surroundings& around);
  Result<void> take_environment(const Surroundings& around);

  std::map<std::string, Value, std::less<>> values_;
};

/// --config and the rows of this scope as options; secrets have none.
std::vector<Option> options_of(Scope scope);

}  // namespace soundhub::app
