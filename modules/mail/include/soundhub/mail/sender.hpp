// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <stop_token>

#include "soundhub/mail/message.hpp"

namespace soundhub::mail {

/// Hands mails on to their way. Thread-safe.
class Sender {
 public:
  virtual ~Sender() = default;
  /// A value: the server has taken it. invalid "mail.refused": it never will (no such mailbox, say); anything else may
  /// work later: unavailable "mail.unreachable", "mail.untrusted" (its certificate), "mail.login_refused",
  /// "mail.deferred". May have been taken all the same when the connection broke right at the end.
  virtual Result<void> send(const Message& message, const std::stop_token& stop) = 0;
};

}  // namespace soundhub::mail
