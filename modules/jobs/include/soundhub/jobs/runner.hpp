// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "soundhub/base/log.hpp"
#include "soundhub/base/random.hpp"
#include "soundhub/jobs/context.hpp"

namespace soundhub::jobs {

/// What to do with jobs of a kind.
struct Kind {
  /// Must be safe to run twice. A value: done. `invalid`, `not_found`, `forbidden`, `too_large`: it will never work,
  /// the job is dead. An outage of the stores (storage/outage.hpp) is waited for, however long it takes. Any other
  /// error, or an exception: tried again later, dead after Policy::attempts.
  std::function<Result<void>(JobContext&)> run;
  /// Runs in the transaction that gives the job up, so that whoever waits for it is told. May be empty.
  std::function<Result<void>(storage::WriteTx&, std::int64_t subject, const Error&)> give_up{};
};

/// How one attempt at a job went.
struct Attempt {
  std::string_view kind;
  std::string_view outcome;  ///< done, retried, postponed, dead, stopped or lost
  double seconds{};
};

/// Takes jobs from the queue and runs them. Any number of runners, in any number of processes, may share a database:
/// a job runs under a lease, and a runner that was killed loses it after Policy::lease.
/// Thread-safe after add(); stop() and the destructor wait for what runs.
class Runner {
 public:
  Runner(storage::Database& db, const Clock& clock, Random& random, const Log& log, Policy policy = {});
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;
  ~Runner() { stop(); }

  /// Before start().
  void add(std::string name, Kind kind);
  /// Before start(): hears of each attempt on the thread that made it.
  void on_attempt(std::function<void(const Attempt&)> hear) { hear_ = std::move(hear); }
  /// Policy::parallel threads that work, and one that keeps the leases.
  void start();
  /// Asks what runs to stop and waits for it; its leases are given back, so another runner takes it at once.
  void stop();
  /// Something was queued in this process: look now.
  void wake();

  /// Runs the next due job in this thread; false if there is none.
  Result<bool> run_one();
  /// What the keeper does every third of a lease: renews the leases of what runs here and queues again what runners
  /// that died have left.
  Result<void> tend();

 private:
  void work(const std::stop_token& stop);
  void keep(const std::stop_token& stop);
  Result<std::optional<storage::jobs::LeasedJob>> take();
  Result<void> attempt(JobContext& context);
  Result<void> settle(JobContext& context, const Result<void>& outcome);
  Result<void> retry(const JobContext& context, const Error& error);
  Result<void> postpone(const JobContext& context, const Error& error);
  Result<void> give_up(const JobContext& context, const Error& error);
  void report(const JobContext& context, const Result<void>& outcome, const Result<void>& settled,
              double seconds) const;
  std::string_view name_of(const JobContext& context, const Result<void>& outcome) const;
  std::vector<std::shared_ptr<JobContext>> running();
  double jitter();

  storage::Database& db_;
  const Clock& clock_;
  Random& random_;
  const Log& log_;
  const Policy policy_;
  std::map<std::string, Kind> kinds_;
  std::vector<std::string> names_;
  std::function<void(const Attempt&)> hear_;

  std::mutex mutex_;  // guards what follows
  std::condition_variable_any changed_;
  std::uint64_t wakes_{0};
  bool stopping_{false};
  std::set<std::shared_ptr<JobContext>> running_;

  std::vector<std::jthread> threads_;
};

}  // namespace soundhub::jobs
