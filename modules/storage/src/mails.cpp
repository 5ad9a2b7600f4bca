// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/storage/mails.hpp"

#include "rows.hpp"

namespace soundhub::storage::mails {
namespace {

std::string_view purpose_text(Purpose purpose) {
  return purpose == Purpose::password ? "password" : "unsubscribe";
}

}  // namespace

Result<MailId> insert(WriteTx& tx, const Mail& mail) {
  return insert_id<MailId>(
      tx, "INSERT INTO mails(user_id, kind, part_id, release_id, created_at) VALUES($1, $2, $3, $4, $5) RETURNING id",
      {mail.user, soundhub::mails::to_string(mail.kind), mail.part, mail.release, mail.created_at});
}

Result<std::optional<Mail>> get(ReadTx& tx, MailId id) {
  SH_TRY(const auto rows,
         query(tx, "SELECT user_id, kind, part_id, release_id, created_at, sent_at FROM mails WHERE id = $1", {id}));
  if (rows.empty()) return std::nullopt;
  const auto row = rows.front();
  const auto kind = soundhub::mails::parse_kind(row.text(1));
  if (!kind) return fail(Errc::internal, "internal", "mails.kind is " + row.text(1));
  return Mail{.id = id,
              .user = row.id<UserId>(0),
              .kind = *kind,
              .part = row.optional_id<PartId>(2),
              .release = row.optional_id<ReleaseId>(3),
              .created_at = row.time(4),
              .sent_at = row.optional_time(5)};
}

Result<void> set_sent(WriteTx& tx, MailId id, Time at) {
  return changed(execute(tx, "UPDATE mails SET sent_at = $1 WHERE id = $2", {at, id}), "mail.not_found");
}

Result<int> remove_before(WriteTx& tx, Time created_at, int at_most) {
  return counted(execute(
      tx, "DELETE FROM mails WHERE id IN (SELECT id FROM mails WHERE created_at < $1 ORDER BY created_at LIMIT $2)",
      {created_at, at_most}));
}

Result<Choice> choice(ReadTx& tx, UserId user) {
  SH_TRY(const auto rows, query(tx, "SELECT language, notices FROM mail_choices WHERE user_id = $1", {user}));
  if (rows.empty()) return Choice{};
  return Choice{soundhub::mails::parse_language(rows.front().text(0)), rows.front().boolean(1)};
}

Result<void> set_choice(WriteTx& tx, UserId user, const Choice& choice) {
  return done(execute(tx,
                      "INSERT INTO mail_choices(user_id, language, notices) VALUES($1, $2, $3)"
                      " ON CONFLICT (user_id) DO UPDATE SET language = excluded.language, notices = excluded.notices",
                      {user, soundhub::mails::to_string(choice.language), choice.notices}));
}

Result<void> insert_token(WriteTx& tx, std::string_view token_hash, UserId user, Purpose purpose, Time expires_at) {
  return done(execute(tx, "INSERT INTO mail_tokens(token_hash, user_id, purpose, expires_at) VALUES($1, $2, $3, $4)",
                      {token_hash, user, purpose_text(purpose), expires_at}));
}

Result<std::optional<UserId>> token_user(ReadTx& tx, std::string_view token_hash, Purpose purpose, Time now) {
  SH_TRY(const auto rows,
         query(tx, "SELECT user_id FROM mail_tokens WHERE token_hash = $1 AND purpose = $2 AND expires_at > $3",
               {token_hash, purpose_text(purpose), now}));
  return first(rows, [](const Row& row) { return row.id<UserId>(0); });
}

Result<void> delete_tokens(WriteTx& tx, UserId user, Purpose purpose) {
  return done(
      execute(tx, "DELETE FROM mail_tokens WHERE user_id = $1 AND purpose = $2", {user, purpose_text(purpose)}));
}

Result<void> delete_expired_tokens(WriteTx& tx, Time now) {
  return done(execute(tx, "DELETE FROM mail_tokens WHERE expires_at <= $1", {now}));
}

}  // namespace soundhub::storage::mails
