// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/jobs/runner.hpp"

#include <exception>

#include "soundhub/base/log_context.hpp"
#include "soundhub/storage/outage.hpp"

namespace soundhub::jobs {
namespace {

namespace queue = storage::jobs;

constexpr int outage_backoff = 3;  // 4 to 8 s

bool is_permanent(const Error& error) {
  switch (error.code) {
    case Errc::invalid:
    case Errc::not_found:
    case Errc::forbidden:
    case Errc::too_large:
      return true;
    default:
      return false;
  }
}

bool is_lost(const Result<void>& result) {
  return !result && result.error().key == "job.lease_lost";
}

std::string for_admin(const Error& error) {
  return error.detail.empty() ? error.key : error.key + ": " + error.detail;
}

}  // namespace

Runner::Runner(storage::Database& db, const Clock& clock, Random& random, const Log& log, Policy policy)
    : db_{db}, clock_{clock}, random_{random}, log_{log}, policy_{policy} {}

void Runner::add(std::string name, Kind kind) {
  names_.push_back(name);
  kinds_.emplace(std::move(name), std::move(kind));
}

void Runner::start() {
  for (int i = 0; i < policy_.parallel; ++i) threads_.emplace_back([this](std::stop_token stop) { work(stop); });
  threads_.emplace_back([this](std::stop_token stop) { keep(stop); });
}

void Runner::stop() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
    for (const auto& context : running_) context->request_stop();
  }
  for (auto& thread : threads_) thread.request_stop();
  threads_.clear();
}

void Runner::wake() {
  const std::lock_guard lock{mutex_};
  ++wakes_;
  changed_.notify_all();
}

void Runner::work(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const auto wakes = [this] {
      const std::lock_guard lock{mutex_};
      return wakes_;
    };
    const auto seen = wakes();
    const auto ran = run_one();
    if (!ran) log_.error("job.queue_failed", {{"key", ran.error().key}, {"detail", ran.error().detail}});
    if (ran && *ran) continue;
    std::unique_lock lock{mutex_};
    changed_.wait_for(lock, stop, ran ? policy_.poll : policy_.trouble, [&] { return ran && wakes_ != seen; });
  }
}

void Runner::keep(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    if (const auto tended = tend(); !tended)
      log_.error("job.tend_failed", {{"key", tended.error().key}, {"detail", tended.error().detail}});
    std::unique_lock lock{mutex_};
    changed_.wait_for(lock, stop, std::chrono::milliseconds{policy_.lease} / 3, [] { return false; });
  }
}

Result<void> Runner::tend() {
  for (const auto& context : running())
    if (const auto beaten = context->beat(); !beaten)
      log_.warn("job.heartbeat_failed", {{"job", context->job().lease.id.value}, {"key", beaten.error().key}});
  SH_TRY(const int released, db_.write([&](storage::WriteTx& tx) { return queue::release_expired(tx, clock_.now()); },
                                       storage::Isolation::per_statement));
  if (released > 0) {
    log_.warn("job.released", {{"count", released}});
    wake();
  }
  return {};
}

// Asks with a reader first: an idle runner leaves the writer alone.
Result<std::optional<queue::LeasedJob>> Runner::take() {
  const auto now = clock_.now();
  SH_TRY(const bool due, db_.read([&](storage::ReadTx& tx) { return queue::any_due(tx, names_, now); }));
  if (!due) return std::optional<queue::LeasedJob>{};
  const auto token = random_token(random_, 16);
  return db_.write([&](storage::WriteTx& tx) { return queue::lease(tx, names_, token, now, now + policy_.lease); },
                   storage::Isolation::per_statement);
}

Result<bool> Runner::run_one() {
  SH_TRY(auto job, take());
  if (!job) return false;
  const auto context = std::make_shared<JobContext>(db_, clock_, policy_, std::move(*job));
  {
    const std::lock_guard lock{mutex_};
    if (stopping_) context->request_stop();
    running_.insert(context);
  }
  const LogContext for_request{context->job().request};
  const auto began = std::chrono::steady_clock::now();
  const auto outcome = attempt(*context);
  const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - began;
  {
    const std::lock_guard lock{mutex_};
    running_.erase(context);
  }
  report(*context, outcome, settle(*context, outcome), spent.count());
  return true;
}

std::vector<std::shared_ptr<JobContext>> Runner::running() {
  const std::lock_guard lock{mutex_};
  return {running_.begin(), running_.end()};
}

Result<void> Runner::attempt(JobContext& context) {
  if (context.stop_requested()) return fail(Errc::unavailable, "job.stopped");
  if (context.attempt() > policy_.attempts) return fail(Errc::invalid, "job.crashed", "its runners died");
  try {
    return kinds_.at(context.job().kind).run(context);
  } catch (const std::exception& e) {
    return fail(Errc::internal, "job.threw", e.what());
  } catch (...) {
    return fail(Errc::internal, "job.threw", "not a std::exception");
  }
}

Result<void> Runner::settle(JobContext& context, const Result<void>& outcome) {
  const auto& lease = context.job().lease;
  if (is_lost(outcome)) return {};
  if (outcome) {
    const auto ended = db_.write([&](storage::WriteTx& tx) { return queue::finish(tx, lease, clock_.now()); });
    return is_lost(ended) && context.finished() ? Result<void>{} : ended;
  }
  if (is_permanent(outcome.error())) return give_up(context, outcome.error());
  if (context.stop_requested()) return db_.write([&](storage::WriteTx& tx) { return queue::give_back(tx, lease); });
  if (storage::is_outage(outcome.error())) return postpone(context, outcome.error());
  if (context.last_attempt()) return give_up(context, outcome.error());
  return retry(context, outcome.error());
}

Result<void> Runner::retry(const JobContext& context, const Error& error) {
  const auto run_at = clock_.now() + backoff(context.attempt(), jitter());
  return db_.write(
      [&](storage::WriteTx& tx) { return queue::retry_later(tx, context.job().lease, run_at, for_admin(error)); });
}

// An hour without a store must not use up the attempts of everything that is queued.
Result<void> Runner::postpone(const JobContext& context, const Error& error) {
  const auto run_at = clock_.now() + backoff(outage_backoff, jitter());
  return db_.write(
      [&](storage::WriteTx& tx) { return queue::postpone(tx, context.job().lease, run_at, for_admin(error)); });
}

Result<void> Runner::give_up(const JobContext& context, const Error& error) {
  const auto bury = [&](storage::WriteTx& tx) {
    return queue::bury(tx, context.job().lease, clock_.now(), for_admin(error));
  };
  const auto& tell = kinds_.at(context.job().kind).give_up;
  if (!tell) return db_.write(bury);
  const auto told = db_.write([&](storage::WriteTx& tx) -> Result<void> {
    SH_CHECK(bury(tx));
    return tell(tx, context.subject(), error);
  });
  if (told || is_lost(told)) return told;
  // The job must not come round for ever because nobody could be told.
  log_.error("job.give_up_failed", {{"job", context.job().lease.id.value}, {"key", told.error().key}});
  return db_.write(bury);
}

std::string_view Runner::name_of(const JobContext& context, const Result<void>& outcome) const {
  if (outcome) return "done";
  if (is_lost(outcome)) return "lost";
  if (is_permanent(outcome.error())) return "dead";
  if (context.stop_requested()) return "stopped";
  if (storage::is_outage(outcome.error())) return "postponed";
  return context.last_attempt() ? "dead" : "retried";
}

void Runner::report(const JobContext& context, const Result<void>& outcome, const Result<void>& settled,
                    double seconds) const {
  const auto& job = context.job();
  const std::string_view key = outcome ? "" : std::string_view{outcome.error().key};
  const std::string_view detail = outcome ? "" : std::string_view{outcome.error().detail};
  log_.write(outcome ? LogLevel::info : LogLevel::warn, outcome ? "job.done" : "job.failed",
             {{"job", job.lease.id.value},
              {"kind", job.kind},
              {"subject", job.subject},
              {"attempt", job.attempt},
              {"key", key},
              {"detail", detail}});
  if (!settled) log_.error("job.not_settled", {{"job", job.lease.id.value}, {"key", settled.error().key}});
  if (hear_) hear_({job.kind, name_of(context, outcome), seconds});
}

double Runner::jitter() {
  std::byte byte{};
  random_.fill({&byte, 1});
  return static_cast<double>(byte) / 255;
}

}  // namespace soundhub::jobs
