// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <string>
#include <vector>

#include "settings.hpp"
#include "soundhub/base/log.hpp"
#include "soundhub/mail/smtp.hpp"
#include "soundhub/services/limits.hpp"

namespace soundhub::app {

struct DatabaseConfig {
  std::string url;  ///< postgres://…; empty: soundhub.db in the data folder
  std::string password;
  int connections{};
};

struct BlobsConfig {
  std::string url;  ///< s3://bucket/prefix; empty: the folder blobs in the data folder
  std::string endpoint, public_endpoint, ca_file, region, access_key, secret_key, credentials_file, profile, encryption,
      kms_key;
  bool path_style{};
  bool redirect{};  ///< listeners are sent to the store
};

struct MailConfig {
  std::string url;  ///< smtp://… or smtps://…; empty: no mail
  std::string user, password, ca_file, from;
};

/// What the program was told, checked and typed.
struct Config {
  std::string data;           ///< the folder, absolute
  std::string media_program;  ///< soundhub-media, beside this program
  std::string public_url, metrics_listen;
  std::vector<std::string> listen, trusted_proxies;
  int workers{};
  bool worker{};
  LogLevel log_level{LogLevel::info};
  DatabaseConfig database;
  BlobsConfig blobs;
  MailConfig mail;
  services::RateLimits limits;
  int account_space_gib{};
};

/// invalid "config" with a sentence for a value that can't be meant.
Result<Config> config_of(const Settings& settings);
mail::SmtpOptions smtp_options(const MailConfig& config);
Result<LogLevel> parse_level(const std::string& word);

}  // namespace soundhub::app
