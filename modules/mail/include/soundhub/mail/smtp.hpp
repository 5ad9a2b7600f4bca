// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <memory>

#include "soundhub/mail/sender.hpp"

namespace soundhub::mail {

struct SmtpOptions {
  /// smtp://host[:587] asks for STARTTLS and sends nothing without it; smtps://host[:465] begins with TLS. With
  /// smtp://host[:25]?starttls=never all goes in the clear: for a server on this host or a network of one's own.
  std::string url;
  std::string user, password;  ///< empty: the server asks for none
  std::string ca_file;         ///< certificates to trust (PEM); empty: the system's
  std::chrono::seconds connect_timeout{10}, timeout{60};
};

/// SMTP (RFC 5321) by libcurl, a connection a mail; TLS 1.2 or newer, the certificate and its name checked.
/// invalid "config" with a sentence for a url that can't be meant, or a password that would go in the clear.
class Smtp final : public Sender {
 public:
  static Result<std::unique_ptr<Smtp>> open(const SmtpOptions& options);
  Result<void> send(const Message& message, const std::stop_token& stop) override;
  /// Connects, encrypts and logs in, and sends nothing.
  Result<void> check();

 private:
  explicit Smtp(SmtpOptions options, bool clear) : options_{std::move(options)}, clear_{clear} {}
  SmtpOptions options_;  // the url without its option
  bool clear_;
};

}  // namespace soundhub::mail
