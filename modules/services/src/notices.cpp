// SPDX-License-Identifier: AGPL-3.0-or-later
#include "notices.hpp"

#include <set>

#include "queue.hpp"
#include "soundhub/storage/mails.hpp"
#include "soundhub/storage/mixes.hpp"
#include "soundhub/storage/songs.hpp"

namespace soundhub::services::notices {
namespace {

Result<void> about_part(const Context& context, storage::WriteTx& tx, const parts::Part& part, UserId reader,
                        mails::Kind kind) {
  return queue_mail(context, tx,
                    {.id = {}, .user = reader, .kind = kind, .part = part.id, .release = {}, .created_at = {}});
}

}  // namespace

Result<void> queue_mail(const Context& context, storage::WriteTx& tx, mails::Mail mail) {
  if (!context.sends_mail) return {};
  if (mail.kind != mails::Kind::password_reset) {
    SH_TRY(const auto choice, storage::mails::choice(tx, mail.user));
    if (!choice.notices) return {};
  }
  mail.created_at = context.clock.now();
  SH_TRY(const auto id, storage::mails::insert(tx, mail));
  return queue::add(tx, queue::mail, id.value, mail.created_at);
}

Result<void> part_can_be_heard(const Context& context, storage::WriteTx& tx, const parts::Part& part) {
  if (!context.sends_mail || part.state != parts::State::offered) return {};
  SH_TRY(const auto song, storage::songs::get(tx, part.song));
  if (!song || song->deleted) return {};
  return about_part(context, tx, part, song->owner.id, mails::Kind::part_offered);
}

Result<void> part_decided(const Context& context, storage::WriteTx& tx, const parts::Part& part, parts::State to) {
  if (to == parts::State::accepted) return about_part(context, tx, part, part.author.id, mails::Kind::part_accepted);
  if (to == parts::State::declined) return about_part(context, tx, part, part.author.id, mails::Kind::part_declined);
  return {};
}

Result<void> release_out(const Context& context, storage::WriteTx& tx, const releases::Release& release) {
  if (!context.sends_mail) return {};
  SH_TRY(const auto song, storage::songs::get(tx, release.song));
  SH_TRY(const auto credits, storage::releases::credits(tx, {release.id}));
  std::set<UserId> readers;
  for (const auto& row : credits) readers.insert(row.credit.musician.id);
  if (song) readers.erase(song->owner.id);
  for (const auto reader : readers)
    SH_CHECK(queue_mail(context, tx,
                        {.id = {},
                         .user = reader,
                         .kind = mails::Kind::release_out,
                         .part = {},
                         .release = release.id,
                         .created_at = {}}));
  return {};
}

}  // namespace soundhub::services::notices
