// SPDX-License-Identifier: AGPL-3.0-or-later
#include "config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <initializer_list>

#include "soundhub/base/text.hpp"

namespace soundhub::app {
namespace {

std::vector<std::string> split(const std::string& list) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at < list.size();) {
    const auto comma = std::min(list.find(',', at), list.size());
    if (const auto item = trim(std::string_view{list}.substr(at, comma - at)); !item.empty()) out.emplace_back(item);
    at = comma + 1;
  }
  return out;
}

/// Reads typed values and says whose value is wrong.
class Reader {
 public:
  explicit Reader(const Settings& settings) : settings_{settings} {}

  Result<int> number(std::string_view name, int least, int most) const {
    const auto value = parse_integer(settings_[name]);
    if (!value || *value < least || *value > most)
      return wrong(name, fmt::format("a number from {} to {}", least, most));
    return static_cast<int>(*value);
  }

  /// The second of two words is true.
  Result<bool> either(std::string_view name, std::string_view no, std::string_view yes) const {
    if (settings_[name] == yes) return true;
    if (settings_[name] == no) return false;
    return wrong(name, fmt::format("{} or {}", no, yes));
  }

  Result<std::string> one_of(std::string_view name, std::initializer_list<std::string_view> words) const {
    if (!settings_.given(name) || std::ranges::find(words, settings_[name]) != words.end()) return settings_[name];
    return wrong(name, fmt::format("{}", fmt::join(words, " or ")));
  }

  Result<std::string> url(std::string_view name, std::initializer_list<std::string_view> schemes) const {
    const auto& text = settings_[name];
    const auto begins = [&](std::string_view scheme) { return text.starts_with(fmt::format("{}://", scheme)); };
    if (text.empty() || std::ranges::any_of(schemes, begins)) return text;
    return wrong(name, fmt::format("{}://…", fmt::join(schemes, "://… or ")));
  }

  tl::unexpected<Error> wrong(std::string_view name, const std::string& wanted) const {
    return fail(Errc::invalid, "config", fmt::format("{} ({}) is {}", name, settings_.source(name), wanted));
  }

 private:
  const Settings& settings_;
};

Result<DatabaseConfig> database_of(const Settings& settings, const Reader& reader) {
  DatabaseConfig out{.url = {}, .password = settings["database-password"], .connections = 0};
  SH_TRY(out.url, reader.url("database", {"postgres", "postgresql"}));
  SH_TRY(out.connections, reader.number("database-connections", 2, 1000));
  return out;
}

Result<BlobsConfig> blobs_of(const Settings& settings, const Reader& reader) {
  BlobsConfig out;
  SH_TRY(out.url, reader.url("blobs", {"s3"}));
  SH_TRY(out.endpoint, reader.url("s3-endpoint", {"http", "https"}));
  SH_TRY(out.public_endpoint, reader.url("s3-public-endpoint", {"http", "https"}));
  SH_TRY(out.path_style, reader.either("s3-style", "host", "path"));
  SH_TRY(out.encryption, reader.one_of("s3-encryption", {"AES256", "aws:kms"}));
  SH_TRY(out.redirect, reader.either("media-delivery", "proxy", "redirect"));
  out.region = settings["s3-region"];
  out.access_key = settings["s3-access-key"];
  out.secret_key = settings["s3-secret-key"];
  out.credentials_file = settings["s3-credentials"];
  out.profile = settings["s3-profile"];
  out.ca_file = settings["s3-ca"];
  out.kms_key = settings["s3-kms-key"];
  if (out.access_key.empty() != out.secret_key.empty())
    return reader.wrong("s3-access-key", "given together with s3-secret-key");
  if (out.redirect && out.url.empty()) return reader.wrong("media-delivery", "proxy unless blobs is an s3://…");
  return out;
}

Result<MailConfig> mail_of(const Settings& settings, const Reader& reader) {
  MailConfig out{.url = {},
                 .user = settings["smtp-user"],
                 .password = settings["smtp-password"],
                 .ca_file = settings["smtp-ca"],
                 .from = settings["mail-from"]};
  SH_TRY(out.url, reader.url("smtp", {"smtp", "smtps"}));
  if (!out.url.empty() && out.from.find('@') == std::string::npos)
    return reader.wrong("mail-from", "an address with @");
  if (!out.url.empty() && !settings.given("public-url")) return reader.wrong("public-url", "needed when mail is sent");
  if (!out.url.empty()) SH_CHECK(mail::Smtp::open(smtp_options(out)));
  return out;
}

Result<services::RateLimits> limits_of(const Reader& reader) {
  constexpr int most = 1'000'000;
  services::RateLimits out;
  SH_TRY(out.sign_ups, reader.number("sign-ups-per-hour", 0, most));
  SH_TRY(out.songs, reader.number("songs-per-hour", 0, most));
  SH_TRY(out.offers, reader.number("offers-per-hour", 0, most));
  return out;
}

}  // namespace

mail::SmtpOptions smtp_options(const MailConfig& config) {
  return {.url = config.url, .user = config.user, .password = config.password, .ca_file = config.ca_file};
}

Result<LogLevel> parse_level(const std::string& word) {
  constexpr std::array<std::string_view, 4> words{"debug", "info", "warn", "error"};
  const auto found = std::ranges::find(words, word);
  if (found == words.end()) return fail(Errc::invalid, "config", "log-level is debug, info, warn or error");
  return static_cast<LogLevel>(found - words.begin());
}

Result<Config> config_of(const Settings& settings) {
  const Reader reader{settings};
  Config out;
  out.data = std::filesystem::absolute(settings["data"]).string();
  out.media_program = std::filesystem::read_symlink("/proc/self/exe").parent_path() / "soundhub-media";
  out.metrics_listen = settings["metrics-listen"];
  out.listen = split(settings["listen"]);
  out.trusted_proxies = split(settings["trust-proxy"]);
  if (out.listen.empty()) return reader.wrong("listen", "an address and a port");
  SH_TRY(out.public_url, reader.url("public-url", {"http", "https"}));
  while (out.public_url.ends_with('/')) out.public_url.pop_back();
  SH_TRY(out.workers, reader.number("workers", 1, 64));
  SH_TRY(out.worker, reader.either("worker", "no", "yes"));
  SH_TRY(out.log_level, parse_level(settings["log-level"]));
  SH_TRY(out.database, database_of(settings, reader));
  SH_TRY(out.blobs, blobs_of(settings, reader));
  SH_TRY(out.account_space_gib, reader.number("account-space", 1, 1'000'000));
  SH_TRY(out.limits, limits_of(reader));
  SH_TRY(out.mail, mail_of(settings, reader));
  return out;
}

}  // namespace soundhub::app
