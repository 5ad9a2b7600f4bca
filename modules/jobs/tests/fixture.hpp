// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <utility>

#include "soundhub/jobs/runner.hpp"
#include "soundhub/storage/outbox.hpp"
#include "soundhub/storage/testing/temp_database.hpp"

namespace soundhub::jobs {

/// Stands still until told; may be read from any thread.
class HandClock final : public Clock {
 public:
  Time now() const override { return from_millis(now_ms_); }
  void advance(Millis by) { now_ms_ += by.count(); }

 private:
  std::atomic<std::int64_t> now_ms_{1'795'000'000'000};
};

/// A queue in a real database, a clock by hand, and a runner.
class JobsTest : public ::testing::Test {
 protected:
  JobId add(std::string_view kind, std::int64_t subject = 1) {
    return db_
        ->write([&](storage::WriteTx& tx) {
          return storage::jobs::enqueue(tx, {.kind = kind, .subject = subject, .run_at = clock_.now()});
        })
        .value();
  }
  storage::jobs::Job got(JobId id) {
    return db_->read([&](storage::ReadTx& tx) { return storage::jobs::get(tx, id); }).value().value();
  }
  /// What the work landed.
  static Result<void> land(storage::WriteTx& tx, std::int64_t subject) {
    return storage::outbox::append(tx, {.type = "landed", .song = SongId{subject}}).map([](EventId) {});
  }
  std::size_t landed() {
    return db_->read([](storage::ReadTx& tx) { return storage::outbox::after(tx, {}, 1000); })->size();
  }
  /// Another runner: takes the lease of whatever is due.
  std::optional<storage::jobs::LeasedJob> taken_by_another(const std::string& kind) {
    const std::vector<std::string> kinds{kind};
    return db_
        ->write([&](storage::WriteTx& tx) {
          return storage::jobs::lease(tx, kinds, "another", clock_.now(), clock_.now() + Millis{60'000});
        })
        .value();
  }
  void release_expired() {
    ASSERT_TRUE(db_->write([&](storage::WriteTx& tx) { return storage::jobs::release_expired(tx, clock_.now()); }));
  }

  storage::testing::TempDatabase db_;
  HandClock clock_;
  SystemRandom random_;
  Log log_{Log::silent()};
  Runner runner_{*db_, clock_, random_, log_};
};

}  // namespace soundhub::jobs
