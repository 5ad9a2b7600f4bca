// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/blobs/upkeep.hpp"
#include "soundhub/services/work.hpp"
#include "soundhub/storage/accounts.hpp"
#include "soundhub/storage/allowances.hpp"
#include "soundhub/storage/blobs.hpp"
#include "soundhub/storage/jobs.hpp"
#include "soundhub/storage/mails.hpp"
#include "soundhub/storage/outbox.hpp"
#include "soundhub/storage/uploads.hpp"

namespace soundhub::services {
namespace {

// A blob is committed before the row that names it: for a day it may be nameless.
constexpr std::chrono::days blob_grace{1};
constexpr std::chrono::days event_lifetime{7};
constexpr std::chrono::days done_job_lifetime{7};
constexpr std::chrono::days mail_lifetime{30};
// A little less than the hour after which each process tries.
constexpr std::chrono::minutes turn{55};
// Small steps: the one writer is needed elsewhere, too.
constexpr int at_once = 500;

}  // namespace

Housekeeping::Housekeeping(const Context& context) : context_{context} {}

Result<Housekeeping::Report> Housekeeping::run() {
  Report report;
  const auto now = context_.clock.now();
  SH_CHECK(context_.db.write([&](storage::WriteTx& tx) -> Result<void> {
    SH_TRY(report.uploads, storage::uploads::remove_expired(tx, now, at_once));
    SH_TRY(report.events, storage::outbox::prune_before(tx, now - event_lifetime, at_once));
    SH_CHECK(storage::jobs::prune_done(tx, now - done_job_lifetime, at_once));
    SH_CHECK(storage::mails::remove_before(tx, now - mail_lifetime, at_once));
    SH_CHECK(storage::mails::delete_expired_tokens(tx, now));
    SH_CHECK(storage::accounts::delete_expired_sessions(tx, now));
    SH_CHECK(storage::allowances::forget_before(tx, now - std::chrono::days{1}));
    return storage::accounts::delete_login_failures_before(tx, now - std::chrono::days{1});
  }));
  SH_TRY(const auto swept, blobs::sweep(context_.blobs, now - blob_grace, [&](const blobs::BlobKey& key) {
           return context_.db.read([&](storage::ReadTx& tx) { return storage::blobs::is_named(tx, key.hex()); });
         }));
  report.blobs_removed = static_cast<std::int64_t>(swept.removed);
  report.blobs_kept = static_cast<std::int64_t>(swept.kept);
  report.bytes_removed = static_cast<std::int64_t>(swept.removed_bytes);
  return report;
}

Result<std::optional<Housekeeping::Report>> Housekeeping::run_in_turn() {
  const auto now = context_.clock.now();
  SH_TRY(const bool mine, context_.db.write([&](storage::WriteTx& tx) {
    return storage::allowances::spend(tx, "housekeeping", {.most = 1, .window = turn}, now);
  }));
  if (!mine) return std::optional<Report>{};
  SH_TRY(auto report, run());
  return std::optional{report};
}

}  // namespace soundhub::services
