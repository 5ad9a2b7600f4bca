// SPDX-License-Identifier: AGPL-3.0-or-later
#include <fmt/format.h>

#include "letters.hpp"
#include "soundhub/mail/sender.hpp"
#include "soundhub/services/mails.hpp"
#include "soundhub/services/passwords.hpp"
#include "soundhub/storage/accounts.hpp"
#include "soundhub/storage/mails.hpp"
#include "soundhub/storage/mixes.hpp"
#include "soundhub/storage/parts.hpp"
#include "soundhub/storage/songs.hpp"
#include "subjects.hpp"

namespace soundhub::services {
namespace {

namespace rows = storage::mails;
using mails::Kind;

// As long as somebody may still read the mail it is in.
constexpr std::chrono::days off_link_lifetime{180};

/// Who and what a notice is about; none if that is gone by now.
using About = std::optional<letters::Facts>;

Result<About> about_part(storage::ReadTx& tx, const mails::Mail& mail) {
  SH_TRY(const auto part, storage::parts::get(tx, *mail.part));
  if (!part) return About{};
  SH_TRY(const auto song, storage::songs::get(tx, part->song));
  if (!song || song->deleted) return About{};
  const bool offered = mail.kind == Kind::part_offered;
  if (offered && part->state != parts::State::offered) return About{};  // withdrawn or decided while it waited
  return About{letters::Facts{.reader = {},
                              .other = offered ? part->author.nickname : song->owner.nickname,
                              .song = song->title,
                              .instrument = part->instrument,
                              .release_number = 0,
                              .link = fmt::format("/songs/{}", song->id.value),
                              .off_link = {}}};
}

Result<About> about_release(storage::ReadTx& tx, const mails::Mail& mail) {
  SH_TRY(const auto release, storage::releases::get(tx, *mail.release));
  if (!release) return About{};
  SH_TRY(const auto song, storage::songs::get(tx, release->song));
  if (!song || song->deleted) return About{};
  return About{letters::Facts{.reader = {},
                              .other = song->owner.nickname,
                              .song = song->title,
                              .instrument = {},
                              .release_number = release->number,
                              .link = fmt::format("/songs/{}", song->id.value),
                              .off_link = {}}};
}

Result<About> about(storage::ReadTx& tx, const mails::Mail& mail) {
  if (mail.part) return about_part(tx, mail);
  if (mail.release) return about_release(tx, mail);
  return About{letters::Facts{}};
}

// A link that has run out by now, or a notice that was turned off while it waited.
bool is_pointless(const mails::Mail& mail, const mails::Choice& choice, Time now) {
  if (mail.kind == Kind::password_reset) return mail.created_at + Passwords::link_lifetime <= now;
  return !choice.notices;
}

std::string host_of(const std::string& address) {
  return address.substr(address.rfind('@') + 1);
}

}  // namespace

Mailing::Mailing(const Context& context, mail::Sender& sender, Place place)
    : context_{context}, sender_{sender}, place_{std::move(place)} {}

Result<void> Mailing::run(mails::MailId id, const Work& work) {
  SH_TRY(const auto message, context_.db.write([&](storage::WriteTx& tx) { return prepare(tx, id); }));
  if (!message) {
    context_.log.info("mail.needless", {{"mail", id.value}});
    return context_.db.write([&](storage::WriteTx& tx) { return work.finish(tx); });
  }
  SH_CHECK(sender_.send(*message, work.stop));
  context_.log.info("mail.sent", {{"mail", id.value}});
  return context_.db.write([&](storage::WriteTx& tx) -> Result<void> {
    SH_CHECK(rows::set_sent(tx, id, context_.clock.now()));
    return work.finish(tx);
  });
}

// A token's hash is committed before the mail goes: no link is sent that doesn't work.
Result<std::optional<mail::Message>> Mailing::prepare(storage::WriteTx& tx, mails::MailId id) {
  const auto now = context_.clock.now();
  SH_TRY(const auto mail, rows::get(tx, id));
  if (!mail || mail->sent_at) return std::nullopt;
  SH_TRY(const auto reader, storage::accounts::by_id(tx, mail->user));
  SH_TRY(const auto choice, rows::choice(tx, mail->user));
  SH_TRY(auto facts, about(tx, *mail));
  if (!reader || !facts || is_pointless(*mail, choice, now)) return std::nullopt;

  const bool is_reset = mail->kind == Kind::password_reset;
  const auto token = random_token(context_.random);
  const auto expires_at = is_reset ? now + Passwords::link_lifetime : now + off_link_lifetime;
  SH_CHECK(rows::insert_token(tx, token_hash(token), reader->id,
                              is_reset ? rows::Purpose::password : rows::Purpose::unsubscribe, expires_at));
  facts->reader = reader->nickname;
  facts->link = is_reset ? password_link(place_.public_url, token) : place_.public_url + facts->link;
  if (!is_reset) facts->off_link = place_.public_url + "/unsubscribe#" + token;
  auto letter = letters::compose(mail->kind, choice.language, *facts);
  return mail::Message{.from = place_.from,
                       .from_name = "SoundHub",
                       .to = reader->email,
                       .subject = std::move(letter.subject),
                       .text = std::move(letter.text),
                       .html = std::move(letter.html),
                       .id = fmt::format("{}.{}@{}", id.value, to_millis(mail->created_at), host_of(place_.from)),
                       .date = now,
                       .unsubscribe_url = is_reset ? "" : place_.public_url + "/api/v1/unsubscribe?token=" + token};
}

}  // namespace soundhub::services
