// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/services/passwords.hpp"

#include "allowance.hpp"
#include "notices.hpp"
#include "soundhub/services/password_hasher.hpp"
#include "soundhub/storage/accounts.hpp"
#include "soundhub/storage/mails.hpp"
#include "subjects.hpp"

namespace soundhub::services {
namespace {

namespace rows = storage::mails;

constexpr int links_per_hour = 5;  // for one email address

Result<accounts::Account> account_of(storage::ReadTx& tx, const std::string& token, Time now) {
  SH_TRY(const auto user, rows::token_user(tx, token_hash(token), rows::Purpose::password, now));
  if (!user) return fail(Errc::not_found, "account.reset_over");
  SH_TRY(auto account, storage::accounts::by_id(tx, *user));
  if (!account) return fail(Errc::not_found, "account.reset_over");
  return *std::move(account);
}

}  // namespace

Passwords::Passwords(const Context& context, PasswordHasher& hasher, RateLimits limits)
    : context_{context}, hasher_{hasher}, limits_{limits} {}

Result<void> Passwords::ask(const Ask& ask) {
  if (!context_.sends_mail) return fail(Errc::conflict, "account.mail_off");
  SH_TRY(const auto email, accounts::valid_email(ask.email));
  const auto now = context_.clock.now();
  return context_.db.write([&](storage::WriteTx& tx) -> Result<void> {
    // Counted whether there is an account or not: the answers must not differ.
    SH_CHECK(spend_hourly(tx, "reset_from:" + ask.address, limits_.sign_ups, now, "account.resets_paused"));
    SH_CHECK(spend_hourly(tx, "reset:" + email_hash(email), links_per_hour, now, "account.resets_paused"));
    SH_TRY(const auto account, storage::accounts::by_email(tx, email));
    if (!account) return {};
    return notices::queue_mail(context_, tx,
                               {.id = {},
                                .user = account->id,
                                .kind = mails::Kind::password_reset,
                                .part = {},
                                .release = {},
                                .created_at = {}});
  });
}

Result<accounts::Account> Passwords::change(const Change& wanted) {
  const auto now = context_.clock.now();
  SH_TRY(auto account, context_.db.read([&](storage::ReadTx& tx) { return account_of(tx, wanted.token, now); }));
  SH_CHECK(accounts::valid_password(wanted.password, account.email, account.nickname));
  SH_TRY(account.password_hash, hasher_.hash(wanted.password));
  SH_CHECK(context_.db.write([&](storage::WriteTx& tx) -> Result<void> {
    SH_CHECK(account_of(tx, wanted.token, now));  // two may come with the same link at once
    SH_CHECK(rows::delete_tokens(tx, account.id, rows::Purpose::password));
    SH_CHECK(storage::accounts::set_password_hash(tx, account.id, account.password_hash));
    SH_CHECK(storage::accounts::delete_sessions_of(tx, account.id));
    return storage::accounts::clear_login_failures(tx, account_subject(account.email));
  }));
  context_.log.info("account.password_changed", {{"user", account.id.value}});
  return account;
}

Result<std::string> Passwords::token_for(const std::string& email) {
  return context_.db.write([&](storage::WriteTx& tx) -> Result<std::string> {
    SH_TRY(const auto account, storage::accounts::by_email(tx, to_lower(trim(email))));
    if (!account) return fail(Errc::not_found, "account.not_found");
    auto token = random_token(context_.random);
    SH_CHECK(rows::insert_token(tx, token_hash(token), account->id, rows::Purpose::password,
                                context_.clock.now() + link_lifetime));
    return token;
  });
}

std::string password_link(const std::string& public_url, const std::string& token) {
  return public_url + "/password/new#" + token;
}

}  // namespace soundhub::services
