// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include "soundhub/domain/mails.hpp"
#include "soundhub/domain/parts.hpp"
#include "soundhub/domain/releases.hpp"
#include "soundhub/services/context.hpp"
#include "soundhub/storage/database.hpp"

// Who is told what by mail; each queues in the transaction of what it tells of. Without a mail server: nothing.
namespace soundhub::services::notices {

/// Queues the mail, unless it is a notice and the reader wants none.
Result<void> queue_mail(const Context& context, storage::WriteTx& tx, mails::Mail mail);

/// The song's owner hears of an offer once there is something to hear.
Result<void> part_can_be_heard(const Context& context, storage::WriteTx& tx, const parts::Part& part);
/// The part's author hears what became of the offer.
Result<void> part_decided(const Context& context, storage::WriteTx& tx, const parts::Part& part, parts::State to);
/// All who play in it, but the owner, who released it.
Result<void> release_out(const Context& context, storage::WriteTx& tx, const releases::Release& release);

}  // namespace soundhub::services::notices
