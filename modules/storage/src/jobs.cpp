// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/storage/jobs.hpp"

#include <stdexcept>
#include <tuple>
#include <utility>

#include "rows.hpp"

namespace soundhub::storage::jobs {
namespace {

constexpr std::string_view select_job =
    "SELECT id, kind, subject, state, priority, attempts, run_at, lease_until, progress, last_error, created_at,"
    " finished_at FROM jobs";

State parse_state(std::string_view text) {
  for (const State state : {State::queued, State::running, State::done, State::dead})
    if (to_string(state) == text) return state;
  throw std::runtime_error("job state " + std::string{text});
}

Job to_job(const Row& row) {
  return {.id = row.id<JobId>(0),
          .kind = row.text(1),
          .subject = row.integer(2),
          .state = parse_state(row.text(3)),
          .priority = row.small(4),
          .attempts = row.small(5),
          .run_at = row.time(6),
          .lease_until = row.optional_time(7),
          .progress = row.real(8),
          .last_error = row.text(9),
          .created_at = row.time(10),
          .finished_at = row.optional_time(11)};
}

struct Due {
  JobId id;
  std::int64_t priority{};
  Time run_at{};
  friend bool operator<(const Due& a, const Due& b) {
    return std::tuple{-a.priority, a.run_at, a.id} < std::tuple{-b.priority, b.run_at, b.id};
  }
};

Result<std::optional<Due>> due_of_kind(ReadTx& tx, std::string_view kind, Time now) {
  SH_TRY(const auto rows, query(tx,
                                "SELECT id, priority, run_at FROM jobs WHERE state = 'queued' AND kind = $1"
                                " AND run_at <= $2 ORDER BY priority DESC, run_at, id LIMIT 1",
                                {kind, now}));
  return first(rows, [](const Row& row) {
    return Due{.id = row.id<JobId>(0), .priority = row.integer(1), .run_at = row.time(2)};
  });
}

// One short index search a kind: a single query over all kinds would have to sort the queue.
Result<std::optional<Due>> next_due(ReadTx& tx, std::span<const std::string> kinds, Time now) {
  std::optional<Due> best;
  for (const auto& kind : kinds) {
    SH_TRY(const auto due, due_of_kind(tx, kind, now));
    if (due && (!best || *due < *best)) best = due;
  }
  return best;
}

// With one writer nobody can come between the search and the change.
Result<Rows> take_found(WriteTx& tx, std::span<const std::string> kinds, std::string_view token, Time now, Time until) {
  SH_TRY(const auto due, next_due(tx, kinds, now));
  if (!due) return Rows{};
  return query(tx,
               "UPDATE jobs SET state = 'running', lease = $1, lease_until = $2, attempts = attempts + 1, progress = 0"
               " WHERE id = $3 AND state = 'queued' RETURNING id, kind, subject, attempts, request",
               {token, until, due->id});
}

// More runners than this would have to be at this very statement for one to go away empty; it looks again soon.
constexpr int candidates = 64;

// The first few of each kind by its index, and of those the first that nobody else is taking.
Result<Rows> take_unlocked(WriteTx& tx, std::span<const std::string> kinds, std::string_view token, Time now,
                           Time until) {
  Sql sql{"UPDATE jobs SET state = 'running', lease = "};
  sql.add("", token).add(", lease_until = ", until).add(", attempts = attempts + 1, progress = 0 WHERE id = (");
  sql.add("SELECT id FROM jobs WHERE state = 'queued' AND id IN (");
  std::string_view joint;
  for (const auto& kind : kinds) {
    sql.add(std::exchange(joint, " UNION ALL ")).add("(SELECT id FROM jobs WHERE state = 'queued' AND kind = ", kind);
    sql.add(" AND run_at <= ", now).add(" ORDER BY priority DESC, run_at, id LIMIT ", candidates).add(")");
  }
  sql.add(") ORDER BY priority DESC, run_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)");
  return sql.add(" RETURNING id, kind, subject, attempts, request").run(tx);
}

tl::unexpected<Error> lost() {
  return fail(Errc::conflict, "job.lease_lost");
}

Result<void> under_lease(WriteTx& tx, std::string_view sql, std::initializer_list<Value> args) {
  SH_TRY(const auto affected, execute(tx, sql, args));
  if (affected == 0) return lost();
  return {};
}

}  // namespace

std::string_view to_string(State v) {
  switch (v) {
    case State::queued:
      return "queued";
    case State::running:
      return "running";
    case State::done:
      return "done";
    case State::dead:
      break;
  }
  return "dead";
}

Result<JobId> enqueue(WriteTx& tx, const NewJob& job) {
  return insert_id<JobId>(tx,
                          "INSERT INTO jobs(kind, subject, state, priority, attempts, run_at, created_at, request)"
                          " VALUES($1, $2, 'queued', $3, 0, $4, $4, $5) RETURNING id",
                          {job.kind, job.subject, job.priority, job.run_at, job.request});
}

Result<std::optional<LeasedJob>> lease(WriteTx& tx, std::span<const std::string> kinds, std::string_view token,
                                       Time now, Time until) {
  if (kinds.empty()) return std::optional<LeasedJob>{};
  const auto leased = tx.connection().dialect() == Dialect::sqlite ? take_found(tx, kinds, token, now, until)
                                                                   : take_unlocked(tx, kinds, token, now, until);
  SH_TRY(const auto rows, leased);
  return first(rows, [&](const Row& row) {
    return LeasedJob{.lease = {.id = row.id<JobId>(0), .token = std::string{token}},
                     .kind = row.text(1),
                     .subject = row.integer(2),
                     .attempt = row.small(3),
                     .request = row.text(4)};
  });
}

Result<bool> any_due(ReadTx& tx, std::span<const std::string> kinds, Time now) {
  return next_due(tx, kinds, now).map([](const auto& due) { return due.has_value(); });
}

Result<void> still_held(ReadTx& tx, const Lease& lease) {
  SH_TRY(const auto rows, query(tx, "SELECT 1 FROM jobs WHERE id = $1 AND lease = $2", {lease.id, lease.token}));
  if (rows.empty()) return lost();
  return {};
}

Result<void> heartbeat(WriteTx& tx, const Lease& lease, Time until, double progress) {
  return under_lease(tx, "UPDATE jobs SET lease_until = $1, progress = $2 WHERE id = $3 AND lease = $4",
                     {until, progress, lease.id, lease.token});
}

Result<void> finish(WriteTx& tx, const Lease& lease, Time now) {
  return under_lease(tx,
                     "UPDATE jobs SET state = 'done', lease = NULL, lease_until = NULL, progress = 1, finished_at = $1"
                     " WHERE id = $2 AND lease = $3",
                     {now, lease.id, lease.token});
}

Result<void> retry_later(WriteTx& tx, const Lease& lease, Time run_at, std::string_view error) {
  return under_lease(tx,
                     "UPDATE jobs SET state = 'queued', lease = NULL, lease_until = NULL, run_at = $1, last_error = $2"
                     " WHERE id = $3 AND lease = $4",
                     {run_at, error, lease.id, lease.token});
}

Result<void> postpone(WriteTx& tx, const Lease& lease, Time run_at, std::string_view error) {
  return under_lease(tx,
                     "UPDATE jobs SET state = 'queued', lease = NULL, lease_until = NULL, attempts = attempts - 1,"
                     " run_at = $1, last_error = $2 WHERE id = $3 AND lease = $4",
                     {run_at, error, lease.id, lease.token});
}

Result<void> give_back(WriteTx& tx, const Lease& lease) {
  return under_lease(tx,
                     "UPDATE jobs SET state = 'queued', lease = NULL, lease_until = NULL, attempts = attempts - 1"
                     " WHERE id = $1 AND lease = $2",
                     {lease.id, lease.token});
}

Result<void> bury(WriteTx& tx, const Lease& lease, Time now, std::string_view error) {
  return under_lease(tx,
                     "UPDATE jobs SET state = 'dead', lease = NULL, lease_until = NULL, last_error = $1,"
                     " finished_at = $2 WHERE id = $3 AND lease = $4",
                     {error, now, lease.id, lease.token});
}

Result<int> release_expired(WriteTx& tx, Time now) {
  return counted(execute(tx,
                         "UPDATE jobs SET state = 'queued', lease = NULL, lease_until = NULL"
                         " WHERE state = 'running' AND lease_until < $1",
                         {now}));
}

Result<std::optional<Job>> get(ReadTx& tx, JobId id) {
  SH_TRY(const auto rows, Sql{select_job}.where("id = ", id).run(tx));
  return first(rows, to_job);
}

Result<std::vector<Job>> dead(ReadTx& tx, std::optional<JobId> before, int limit) {
  SH_TRY(const auto rows,
         Sql{select_job}.where("state = 'dead'").where(before, "id < ").add(" ORDER BY id DESC LIMIT ", limit).run(tx));
  return rows.map(to_job);
}

Result<std::vector<DeadCount>> count_dead(ReadTx& tx, std::string_view error_key) {
  SH_TRY(const auto rows,
         query(tx,
               "SELECT kind, count(*), count(CASE WHEN last_error = $1 OR last_error LIKE $2 THEN 1 END)"
               " FROM jobs WHERE state = 'dead' GROUP BY kind ORDER BY kind",
               {error_key, std::string{error_key} + ": %"}));
  return rows.map(
      [](const Row& row) { return DeadCount{.kind = row.text(0), .all = row.integer(1), .of_error = row.integer(2)}; });
}

Result<void> requeue(WriteTx& tx, JobId id, Time now) {
  SH_TRY(const auto affected, execute(tx,
                                      "UPDATE jobs SET state = 'queued', attempts = 0, run_at = $1, finished_at = NULL"
                                      " WHERE id = $2 AND state = 'dead'",
                                      {now, id}));
  if (affected == 0) return fail(Errc::conflict, "job.not_dead");
  return {};
}

Result<std::vector<Waiting>> waiting(ReadTx& tx) {
  std::vector<Waiting> out;
  for (const auto& [state, sql] :
       {std::pair{State::queued, "SELECT kind, count(*), min(run_at) FROM jobs WHERE state = 'queued' GROUP BY kind"},
        {State::running, "SELECT kind, count(*), min(run_at) FROM jobs WHERE state = 'running' GROUP BY kind"},
        {State::dead, "SELECT kind, count(*), min(run_at) FROM jobs WHERE state = 'dead' GROUP BY kind"}}) {
    SH_TRY(const auto rows, query(tx, sql));
    for (std::size_t i = 0; i < rows.size(); ++i)
      out.push_back({.kind = rows[i].text(0), .state = state, .count = rows[i].integer(1), .oldest = rows[i].time(2)});
  }
  return out;
}

Result<int> prune_done(WriteTx& tx, Time finished_at, int at_most) {
  return counted(execute(tx,
                         "DELETE FROM jobs WHERE id IN (SELECT id FROM jobs WHERE state = 'done' AND finished_at < $1"
                         " ORDER BY finished_at LIMIT $2)",
                         {finished_at, at_most}));
}

}  // namespace soundhub::storage::jobs
