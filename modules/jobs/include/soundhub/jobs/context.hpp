// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <atomic>
#include <cstdint>
#include <mutex>
#include <stop_token>
#include <string>

#include "soundhub/base/clock.hpp"
#include "soundhub/jobs/policy.hpp"
#include "soundhub/storage/jobs.hpp"

namespace soundhub::jobs {

/// One running job: what its work may ask. Made by the runner, lives while the work runs. The work's thread and the
/// runner's keeper use it at the same time.
class JobContext {
 public:
  JobContext(storage::Database& db, const Clock& clock, const Policy& policy, storage::jobs::LeasedJob job);

  std::int64_t subject() const { return job_.subject; }
  int attempt() const { return job_.attempt; }  ///< 1 for the first
  bool last_attempt() const { return job_.attempt >= policy_.attempts; }
  /// Stop is asked when the process ends or the lease was lost: return soon, with any error.
  std::stop_token stop_token() const { return stop_.get_token(); }

  /// How much is done, 0 to 1; reaches the database at most once a second, so call it as often as you like, but not
  /// inside a transaction. conflict "job.lease_lost" when somebody else has the job.
  Result<void> progress(double fraction);
  /// Inside the transaction that lands the work: an error, and so a rollback, if the lease was lost.
  Result<void> still_ours(storage::ReadTx& tx) const;
  /// The same, and ends the job in that commit. Without it the job ends when the work returns a value.
  Result<void> finish(storage::WriteTx& tx);

  // The runner's side.
  const storage::jobs::LeasedJob& job() const { return job_; }
  Result<void> beat();
  void request_stop() { stop_.request_stop(); }
  bool stop_requested() const { return stop_.stop_requested(); }
  bool finished() const { return finished_; }

 private:
  Result<void> renew(Time now);

  storage::Database& db_;
  const Clock& clock_;
  const Policy policy_;
  const storage::jobs::LeasedJob job_;
  std::stop_source stop_;
  std::atomic<bool> finished_{false};

  std::mutex mutex_;  // guards what follows
  double fraction_{0};
  Time renewed_at_;
  bool lost_{false};
};

}  // namespace soundhub::jobs
