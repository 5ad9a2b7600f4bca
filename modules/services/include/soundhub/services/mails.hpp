// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <optional>
#include <string>

#include "soundhub/base/error.hpp"
#include "soundhub/domain/mails.hpp"
#include "soundhub/services/context.hpp"
#include "soundhub/services/work.hpp"

namespace soundhub::mail {
class Sender;
struct Message;
}  // namespace soundhub::mail

namespace soundhub::services {

/// What accounts want to be told by mail, and whether this instance sends any. Thread-safe.
class MailChoices {
 public:
  explicit MailChoices(const Context& context) : context_{context} {}
  bool sends_mail() const { return context_.sends_mail; }
  Result<mails::Choice> get(UserId user);
  Result<void> set(UserId user, const mails::Choice& choice);
  /// By the link of a notice, without logging in; not_found "mail.link_over" for one that isn't (or no longer) one.
  Result<void> turn_off(const std::string& token);

 private:
  Context context_;
};

/// The job that sends a mail: looks up what it says, makes the tokens of its links, hands it to the server. A mail may
/// go twice only if the process dies between the server's yes and the commit; both then have the same Message-ID.
class Mailing {
 public:
  struct Place {
    std::string public_url;  ///< of the web app, without a slash at its end
    std::string from;        ///< address
  };
  Mailing(const Context& context, mail::Sender& sender, Place place);
  Result<void> run(mails::MailId id, const Work& work);

 private:
  Result<std::optional<mail::Message>> prepare(storage::WriteTx& tx, mails::MailId id);
  Context context_;
  mail::Sender& sender_;
  Place place_;
};

}  // namespace soundhub::services
