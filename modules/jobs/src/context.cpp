// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/jobs/context.hpp"

namespace soundhub::jobs {
namespace {

constexpr Millis between_writes{1000};

}  // namespace

JobContext::JobContext(storage::Database& db, const Clock& clock, const Policy& policy, storage::jobs::LeasedJob job)
    : db_{db}, clock_{clock}, policy_{policy}, job_{std::move(job)}, renewed_at_{clock.now()} {}

Result<void> JobContext::progress(double fraction) {
  const std::lock_guard lock{mutex_};
  finished_ = false;  // whoever goes on after finish() had its transaction rolled back
  fraction_ = fraction;
  const auto now = clock_.now();
  if (lost_) return fail(Errc::conflict, "job.lease_lost");
  if (now - renewed_at_ < between_writes) return {};
  // A busy database is no reason to stop working: the next call, or the keeper, tries again.
  (void)renew(now);
  return lost_ ? Result<void>{fail(Errc::conflict, "job.lease_lost")} : Result<void>{};
}

Result<void> JobContext::still_ours(storage::ReadTx& tx) const {
  return storage::jobs::still_held(tx, job_.lease);
}

Result<void> JobContext::finish(storage::WriteTx& tx) {
  finished_ = true;
  return storage::jobs::finish(tx, job_.lease, clock_.now());
}

Result<void> JobContext::beat() {
  const std::lock_guard lock{mutex_};
  if (finished_ || lost_) return {};
  return renew(clock_.now());
}

Result<void> JobContext::renew(Time now) {
  const auto renewed = db_.write(
      [&](storage::WriteTx& tx) { return storage::jobs::heartbeat(tx, job_.lease, now + policy_.lease, fraction_); },
      storage::Isolation::per_statement);
  if (renewed) {
    renewed_at_ = now;
  } else if (renewed.error().key == "job.lease_lost" && !finished_) {
    lost_ = true;
    stop_.request_stop();
  }
  return renewed;
}

}  // namespace soundhub::jobs
