// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/services/accounts.hpp"

#include "allowance.hpp"
#include "soundhub/services/password_hasher.hpp"
#include "soundhub/storage/accounts.hpp"
#include "soundhub/storage/mails.hpp"
#include "subjects.hpp"

namespace soundhub::services {
namespace {

namespace rows = storage::accounts;

constexpr std::chrono::days cookie_lifetime{30};
constexpr std::chrono::days bearer_lifetime{365};
// A session is written back at most this often: reads stay reads.
constexpr std::chrono::hours touch_interval{1};

Time expiry(accounts::SessionKind kind, Time now) {
  return now + (kind == accounts::SessionKind::cookie ? cookie_lifetime : bearer_lifetime);
}

std::string address_subject(const std::string& address) {
  return "address:" + address;
}

// One address may be a school or a band's rehearsal room: it gets more tries than one account.
constexpr int address_allowance = 20;

int counted_failures(const std::string& subject, int failures) {
  return subject.starts_with("address:") ? failures - address_allowance : failures;
}

Result<void> refuse_if_paused(storage::ReadTx& tx, const std::string& subject, Time now) {
  SH_TRY(const auto failures, rows::login_failures(tx, subject));
  if (failures && failures->blocked_until > now) return fail(Errc::too_many, "account.login_paused");
  return {};
}

}  // namespace

Accounts::Accounts(const Context& context, PasswordHasher& hasher, RateLimits limits)
    : context_{context}, hasher_{hasher}, limits_{limits} {}

Result<accounts::Account> Accounts::sign_up(const SignUp& wanted) {
  accounts::Account account;
  SH_TRY(account.email, accounts::valid_email(wanted.email));
  SH_TRY(account.nickname, accounts::valid_nickname(wanted.nickname));
  SH_CHECK(accounts::valid_password(wanted.password, account.email, account.nickname));
  account.created_at = context_.clock.now();
  // Counted whatever comes of it: refused ones tell which addresses have an account.
  SH_CHECK(context_.db.write([&](storage::WriteTx& tx) {
    return spend_hourly(tx, "sign_up:" + wanted.address, limits_.sign_ups, account.created_at,
                        "account.sign_ups_paused");
  }));
  SH_TRY(account.password_hash, hasher_.hash(wanted.password));
  SH_TRY(account.id, context_.db.write([&](storage::WriteTx& tx) -> Result<UserId> {
    SH_TRY(const auto id, rows::insert(tx, account));
    SH_CHECK(storage::mails::set_choice(tx, id, {.language = wanted.language, .notices = true}));
    return id;
  }));
  return account;
}

Result<accounts::Account> Accounts::check_password(const LogIn& given) {
  const auto by_account = account_subject(given.email), by_address = address_subject(given.address);
  SH_CHECK(context_.db.read([&](storage::ReadTx& tx) -> Result<void> {
    SH_CHECK(refuse_if_paused(tx, by_account, context_.clock.now()));
    return refuse_if_paused(tx, by_address, context_.clock.now());
  }));
  const auto email = to_lower(trim(given.email));
  SH_TRY(auto account, context_.db.read([&](storage::ReadTx& tx) { return rows::by_email(tx, email); }));
  bool right = false;
  if (account)
    right = hasher_.verify(account->password_hash, given.password);
  else
    hasher_.verify_nothing(given.password);
  if (!right) {
    SH_CHECK(count_failure(by_account));
    SH_CHECK(count_failure(by_address));
    return fail(Errc::unauthenticated, "account.login_wrong");
  }
  std::string stronger;
  if (hasher_.needs_rehash(account->password_hash)) {
    SH_TRY(stronger, hasher_.hash(given.password));
  }
  SH_CHECK(context_.db.write([&](storage::WriteTx& tx) -> Result<void> {
    SH_CHECK(refuse_if_paused(tx, by_account, context_.clock.now()));
    if (!stronger.empty()) SH_CHECK(rows::set_password_hash(tx, account->id, stronger));
    return rows::clear_login_failures(tx, by_account);
  }));
  return *std::move(account);
}

Result<void> Accounts::count_failure(const std::string& subject) {
  return context_.db.write([&](storage::WriteTx& tx) -> Result<void> {
    const auto now = context_.clock.now();
    // Guesses sent at once all passed the first look; those after the pause began learn nothing.
    SH_CHECK(refuse_if_paused(tx, subject, now));
    SH_TRY(auto failures, rows::login_failures(tx, subject));
    if (!failures || failures->first_at + std::chrono::days{1} < now)
      failures = rows::LoginFailures{.failures = 0, .first_at = now, .blocked_until = {}};
    ++failures->failures;
    failures->blocked_until = now + accounts::login_pause(counted_failures(subject, failures->failures));
    return rows::set_login_failures(tx, subject, *failures);
  });
}

Result<Accounts::Token> Accounts::open_session(UserId user, accounts::SessionKind kind) {
  const auto now = context_.clock.now();
  Token token{
      random_token(context_.random),
      {.id = {}, .user = user, .kind = kind, .created_at = now, .seen_at = now, .expires_at = expiry(kind, now)}};
  SH_TRY(token.session.id, context_.db.write([&](storage::WriteTx& tx) {
    return rows::insert_session(tx, token.session, token_hash(token.text));
  }));
  return token;
}

Result<Accounts::Caller> Accounts::caller(const std::string& token) {
  const auto now = context_.clock.now();
  SH_TRY(auto row, context_.db.read([&](storage::ReadTx& tx) { return rows::session(tx, token_hash(token), now); }));
  if (!row) return fail(Errc::unauthenticated, "account.session_ended");
  if (row->session.seen_at + touch_interval < now) {
    SH_CHECK(context_.db.write([&](storage::WriteTx& tx) {
      return rows::touch_session(tx, row->session.id, now, expiry(row->session.kind, now));
    }));
  }
  return Caller{std::move(row->account), row->session};
}

Result<void> Accounts::close_session(SessionId session) {
  return context_.db.write([&](storage::WriteTx& tx) { return rows::delete_session(tx, session); });
}

Result<accounts::Account> Accounts::by_nickname(const std::string& nickname) {
  SH_TRY(auto account, context_.db.read([&](storage::ReadTx& tx) { return rows::by_nickname(tx, nickname); }));
  if (!account) return fail(Errc::not_found, "account.not_found");
  return *std::move(account);
}

Result<void> Accounts::set_admin(const std::string& email, bool is_admin) {
  return context_.db.write([&](storage::WriteTx& tx) -> Result<void> {
    SH_TRY(const auto account, rows::by_email(tx, to_lower(trim(email))));
    if (!account) return fail(Errc::not_found, "account.not_found");
    return rows::set_admin(tx, account->id, is_admin);
  });
}

}  // namespace soundhub::services
