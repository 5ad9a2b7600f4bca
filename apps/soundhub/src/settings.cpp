// SPDX-License-Identifier: AGPL-3.0-or-later
#include "settings.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <set>

#include "soundhub/base/text.hpp"

namespace soundhub::app {
namespace {

using enum Scope;

constexpr std::array table{
    Setting{stores, "data", "DIR", "data", "where accounts, songs and audio are kept"},
    Setting{serving, "listen", "ADDR:PORT", "127.0.0.1:8000",
            "where to listen; [v6]:PORT and unix:/path too, port 0: any"},
    Setting{jobs, "public-url", "URL", "", "the address people use, for links in mails (https://soundhub.example.org)"},
    Setting{serving, "trust-proxy", "LIST", "", "addresses whose X-Forwarded-* headers count, with commas between"},
    Setting{jobs, "workers", "N", "2", "jobs at once"},
    Setting{serving, "worker", "yes|no", "yes", "no leaves the jobs to `soundhub work`"},
    Setting{jobs, "metrics-listen", "ADDR:PORT", "", "where /metrics answers; nowhere unless set"},
    Setting{stores, "log-level", "LEVEL", "info", "debug, info, warn or error; SIGHUP reads it again from the file"},
    Setting{stores, "database", "URL", "",
            "postgres://USER@HOST/NAME?sslmode=verify-full; soundhub.db in DIR unless set"},
    Setting{stores, "database-password", "", "", "of the database's user", true},
    Setting{stores, "database-connections", "N", "16", "most connections of this process"},
    Setting{stores, "blobs", "URL", "", "s3://BUCKET/PREFIX; the folder blobs in DIR unless set"},
    Setting{stores, "s3-endpoint", "URL", "", "of an S3-compatible service; Amazon's of the region unless set"},
    Setting{stores, "s3-public-endpoint", "URL", "", "where browsers reach it, if by another name"},
    Setting{stores, "s3-ca", "FILE", "", "certificates to trust there; the system's unless set"},
    Setting{stores, "s3-region", "NAME", "us-east-1", "the bucket's region"},
    Setting{stores, "s3-style", "host|path", "host", "where the bucket's name stands in addresses"},
    Setting{stores, "s3-access-key", "", "", "unless the credentials come from a file or an instance role", true},
    Setting{stores, "s3-secret-key", "", "", "unless the credentials come from a file or an instance role", true},
    Setting{stores, "s3-credentials", "FILE", "", "a credentials file as of the AWS command line"},
    Setting{stores, "s3-profile", "NAME", "", "whose lines of that file count"},
    Setting{stores, "s3-encryption", "KIND", "", "AES256 or aws:kms, asked of the service for every blob"},
    Setting{stores, "s3-kms-key", "ID", "", "the key for aws:kms"},
    Setting{serving, "media-delivery", "proxy|redirect", "proxy",
            "redirect sends listeners to short-lived links of the store"},
    Setting{serving, "sign-ups-per-hour", "N", "30", "from one address"},
    Setting{serving, "songs-per-hour", "N", "30", "put up by one account"},
    Setting{serving, "offers-per-hour", "N", "60", "of parts, by one account"},
    Setting{serving, "account-space", "GIB", "20", "for the files of one account"},
    Setting{jobs, "smtp", "URL", "", "smtp://HOST:587 (STARTTLS) or smtps://HOST; without it no mail is sent"},
    Setting{jobs, "smtp-user", "NAME", "", "who logs in there"},
    Setting{jobs, "smtp-password", "", "", "and with what", true},
    Setting{jobs, "smtp-ca", "FILE", "", "certificates to trust there; the system's unless set"},
    Setting{jobs, "mail-from", "ADDRESS", "", "who mails come from; needed with smtp"},
};

constexpr Option config_option{"config", "FILE", "", "lines of NAME = VALUE; SOUNDHUB_CONFIG names it too"};

// Of the project's scripts and tests, which start the program with their own surroundings.
constexpr std::array<std::string_view, 10> scripts_own{"bin",    "backend",      "chromium",    "node",      "only",
                                                       "config", "fuzz-seconds", "engine-wasm", "soundfont", "e2e-log"};

constexpr std::string_view from_file_suffix = "-file";
constexpr std::string_view variable_prefix = "SOUNDHUB_";

bool is_scripts_own(std::string_view name) {
  return name.starts_with("test-") || std::ranges::find(scripts_own, name) != scripts_own.end();
}

const Setting* find(std::string_view name) {
  const auto* found = std::ranges::find(table, name, &Setting::name);
  return found == table.end() ? nullptr : found;
}

// "s3-secret-key-file" stands for the secret "s3-secret-key".
const Setting* find_by_file_name(std::string_view name) {
  if (!name.ends_with(from_file_suffix)) return nullptr;
  const auto* setting = find(name.substr(0, name.size() - from_file_suffix.size()));
  return setting && setting->secret ? setting : nullptr;
}

// SOUNDHUB_LOG_LEVEL: log-level
std::string name_of(std::string_view variable) {
  auto name = to_lower(variable.substr(variable_prefix.size()));
  std::ranges::replace(name, '_', '-');
  return name;
}

tl::unexpected<Error> mistake(std::string sentence) {
  return fail(Errc::invalid, "config", std::move(sentence));
}

std::string file_named(const std::map<std::string, std::string>& command_line, const Surroundings& around) {
  if (const auto option = command_line.find("config"); option != command_line.end()) return option->second;
  const auto variable = around.environment.find("SOUNDHUB_CONFIG");
  return variable == around.environment.end() ? "" : variable->second;
}

Result<std::string> read_text(const std::string& path) {
  std::ifstream file{path};
  if (!file) return mistake("can't read " + path);
  return std::string{std::istreambuf_iterator<char>{file}, {}};
}

}  // namespace

std::span<const Setting> settings_table() {
  return table;
}

Surroundings Surroundings::of_process() {
  Surroundings out{.environment = {}, .read_file = read_text};
  for (char** variable = environ; *variable; ++variable) {
    const std::string_view text{*variable};
    const auto equals = text.find('=');
    if (equals != std::string_view::npos) out.environment.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return out;
}

Result<Settings> Settings::load(const std::map<std::string, std::string>& command_line, const Surroundings& around) {
  Settings out;
  for (const auto& setting : table)
    out.values_[std::string{setting.name}] = {std::string{setting.otherwise}, "default"};
  if (const auto path = file_named(command_line, around); !path.empty()) {
    SH_CHECK(out.take_file(path, around));
  }
  SH_CHECK(out.take_environment(around));
  for (const auto& [name, text] : command_line) {
    if (name == "config") continue;
    SH_CHECK(out.take(name, text, "command line", around));
  }
  return out;
}

Result<void> Settings::take(std::string_view name, std::string text, const std::string& source,
                            const Surroundings& around) {
  const auto* from_file = find_by_file_name(name);
  const auto* setting = from_file ? from_file : find(name);
  if (!setting) return mistake(fmt::format("{}: there is no setting '{}'", source, name));
  auto& value = values_.find(setting->name)->second;
  if (value.source == source) return mistake(fmt::format("{}: '{}' is set twice", source, setting->name));
  if (from_file) {
    SH_TRY(const auto secret, around.read_file(text));
    text = std::string{trim(secret)};
  }
  value = {std::move(text), source};
  return {};
}

Result<void> Settings::take_file(const std::string& path, const Surroundings& around) {
  SH_TRY(const auto text, around.read_file(path));
  std::string_view rest{text};
  for (int number = 1; !rest.empty(); ++number) {
    const auto end = std::min(rest.find('\n'), rest.size());
    const auto line = trim(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (line.empty() || line.starts_with('#')) continue;
    const auto equals = line.find('=');
    if (equals == std::string_view::npos)
      return mistake(fmt::format("{}, line {}: a line is NAME = VALUE", path, number));
    SH_CHECK(take(trim(line.substr(0, equals)), std::string{trim(line.substr(equals + 1))}, path, around));
  }
  return {};
}

Result<void> Settings::take_environment(const Surroundings& around) {
  for (const auto& [variable, text] : around.environment) {
    if (!variable.starts_with(variable_prefix)) continue;
    const auto name = name_of(variable);
    if (is_scripts_own(name)) continue;
    SH_CHECK(take(name, text, "environment", around));
  }
  return {};
}

const std::string& Settings::operator[](std::string_view name) const {
  return values_.find(name)->second.text;
}
const std::string& Settings::source(std::string_view name) const {
  return values_.find(name)->second.source;
}

std::vector<Option> options_of(Scope scope) {
  std::vector<Option> out;
  if (scope == Scope::none) return out;
  out.push_back(config_option);
  for (const auto& setting : table)
    if (setting.scope <= scope && !setting.secret)
      out.push_back(
          {.name = setting.name, .value = setting.value, .otherwise = setting.otherwise, .help = setting.help});
  return out;
}

}  // namespace soundhub::app
