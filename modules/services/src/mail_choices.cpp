// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/services/mails.hpp"
#include "soundhub/storage/mails.hpp"
#include "subjects.hpp"

namespace soundhub::services {

namespace rows = storage::mails;

Result<mails::Choice> MailChoices::get(UserId user) {
  return context_.db.read([&](storage::ReadTx& tx) { return rows::choice(tx, user); });
}

Result<void> MailChoices::set(UserId user, const mails::Choice& choice) {
  return context_.db.write([&](storage::WriteTx& tx) { return rows::set_choice(tx, user, choice); });
}

// The token stays good: whoever presses twice is told the same.
Result<void> MailChoices::turn_off(const std::string& token) {
  return context_.db.write([&](storage::WriteTx& tx) -> Result<void> {
    SH_TRY(const auto user, rows::token_user(tx, token_hash(token), rows::Purpose::unsubscribe, context_.clock.now()));
    if (!user) return fail(Errc::not_found, "mail.link_over");
    SH_TRY(auto choice, rows::choice(tx, *user));
    choice.notices = false;
    return rows::set_choice(tx, *user, choice);
  });
}

}  // namespace soundhub::services
