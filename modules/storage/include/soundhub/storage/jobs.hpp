// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "soundhub/base/clock.hpp"
#include "soundhub/base/id.hpp"
#include "soundhub/storage/database.hpp"

/// The queue of work that outlives a request. A row is queued -> running (under a lease) -> done, or back to queued,
/// or dead: given up until a person requeues it. Times come from the caller's clock.
namespace soundhub::storage::jobs {

struct NewJob {
  std::string_view kind;       ///< "ingest", "render" …
  std::int64_t subject{};      ///< the id it is about
  int priority{};              ///< higher first
  Time run_at{};               ///< not before; also what is shown as its age
  std::string_view request{};  ///< the id of the request that asked for it
};
Result<JobId> enqueue(WriteTx& tx, const NewJob& job);

/// The right to a running job. The token is random and new for each lease, so whoever lost it changes nothing: every
/// function that takes a Lease fails with conflict "job.lease_lost" then, and the transaction around it rolls back.
struct Lease {
  JobId id;
  std::string token;
};

struct LeasedJob {
  Lease lease;
  std::string kind;
  std::int64_t subject{};
  int attempt{};  ///< 1 for the first
  std::string request{};
};

/// Takes the due job with the highest priority (then the longest due) of these kinds until `until`, counting an
/// attempt. Two that ask at once get different ones; ask with Isolation::per_statement, so that neither must repeat.
Result<std::optional<LeasedJob>> lease(WriteTx& tx, std::span<const std::string> kinds, std::string_view token,
                                       Time now, Time until);
/// Whether lease() would find one: polls without the writer.
Result<bool> any_due(ReadTx& tx, std::span<const std::string> kinds, Time now);

Result<void> still_held(ReadTx& tx, const Lease& lease);
/// Moves the end of the lease; `progress` is 0 to 1.
Result<void> heartbeat(WriteTx& tx, const Lease& lease, Time until, double progress);
Result<void> finish(WriteTx& tx, const Lease& lease, Time now);
/// `error` is for an admin: key and detail.
Result<void> retry_later(WriteTx& tx, const Lease& lease, Time run_at, std::string_view error);
/// As retry_later, but the attempt doesn't count.
Result<void> postpone(WriteTx& tx, const Lease& lease, Time run_at, std::string_view error);
/// Back to the queue as if it hadn't been leased: the attempt doesn't count.
Result<void> give_back(WriteTx& tx, const Lease& lease);
Result<void> bury(WriteTx& tx, const Lease& lease, Time now, std::string_view error);

/// Running jobs whose lease ended before `now` (their runner died) are queued again; how many.
Result<int> release_expired(WriteTx& tx, Time now);

enum class State { queued, running, done, dead };
std::string_view to_string(State v);

/// A row as an admin sees it.
struct Job {
  JobId id;
  std::string kind;
  std::int64_t subject{};
  State state{};
  int priority{}, attempts{};
  Time run_at{};
  std::optional<Time> lease_until;
  double progress{};
  std::string last_error;
  Time created_at{};
  std::optional<Time> finished_at;
};
Result<std::optional<Job>> get(ReadTx& tx, JobId id);
/// Newest first; keyset on the id.
Result<std::vector<Job>> dead(ReadTx& tx, std::optional<JobId> before, int limit);
/// How many of a kind were given up, and how many of these because of one error.
struct DeadCount {
  std::string kind;
  std::int64_t all{}, of_error{};
};
/// By kind; none dead: no row. `error_key` without detail.
Result<std::vector<DeadCount>> count_dead(ReadTx& tx, std::string_view error_key);
/// A dead job gets all its attempts again; conflict "job.not_dead".
Result<void> requeue(WriteTx& tx, JobId id, Time now);
/// What isn't done, for the metrics: how many of each kind are queued, running or dead, and since when the oldest of
/// them was due. None: no row.
struct Waiting {
  std::string kind;
  State state{};
  std::int64_t count{};
  Time oldest{};
};
Result<std::vector<Waiting>> waiting(ReadTx& tx);
/// Forgets jobs that were done before `finished_at`; how many.
Result<int> prune_done(WriteTx& tx, Time finished_at, int at_most);

}  // namespace soundhub::storage::jobs
