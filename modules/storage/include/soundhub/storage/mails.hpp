// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <optional>
#include <string_view>

#include "soundhub/domain/mails.hpp"
#include "soundhub/storage/database.hpp"

namespace soundhub::storage::mails {

using soundhub::mails::Choice;
using soundhub::mails::Mail;
using soundhub::mails::MailId;

Result<MailId> insert(WriteTx& tx, const Mail& mail);  ///< `mail.id` is ignored
Result<std::optional<Mail>> get(ReadTx& tx, MailId id);
Result<void> set_sent(WriteTx& tx, MailId id, Time at);
/// Forgets mails, sent or not; how many.
Result<int> remove_before(WriteTx& tx, Time created_at, int at_most);

Result<Choice> choice(ReadTx& tx, UserId user);
Result<void> set_choice(WriteTx& tx, UserId user, const Choice& choice);

enum class Purpose { password, unsubscribe };
Result<void> insert_token(WriteTx& tx, std::string_view token_hash, UserId user, Purpose purpose, Time expires_at);
/// Whose the token is, unless it has expired by `now`.
Result<std::optional<UserId>> token_user(ReadTx& tx, std::string_view token_hash, Purpose purpose, Time now);
Result<void> delete_tokens(WriteTx& tx, UserId user, Purpose purpose);
Result<void> delete_expired_tokens(WriteTx& tx, Time now);

}  // namespace soundhub::storage::mails
