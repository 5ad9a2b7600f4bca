// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <string_view>

#include "soundhub/base/log_context.hpp"
#include "soundhub/domain/events.hpp"
#include "soundhub/storage/jobs.hpp"
#include "soundhub/storage/outbox.hpp"

// The kinds of job and how urgent each is; what happened, told in the same transaction.
namespace soundhub::services::queue {

inline constexpr std::string_view ingest = "ingest", render = "render", cover = "cover", mail = "mail";

inline Result<void> add(storage::WriteTx& tx, std::string_view kind, std::int64_t subject, Time now) {
  // Somebody watches an ingest's progress bar; a render may take minutes and must not hold up uploads.
  const int priority = kind == ingest ? 20 : kind == cover ? 10 : 0;
  SH_CHECK(storage::jobs::enqueue(
      tx, {.kind = kind, .subject = subject, .priority = priority, .run_at = now, .request = LogContext::request()}));
  return {};
}

inline Result<void> tell(storage::WriteTx& tx, const events::Event& event) {
  SH_CHECK(storage::outbox::append(tx, event));
  return {};
}

}  // namespace soundhub::services::queue
