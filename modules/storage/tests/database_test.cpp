// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/storage/database.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <thread>

#include "soundhub/storage/testing/temp_database.hpp"
#include "sql.hpp"

namespace soundhub::storage {
namespace {

constexpr Migration notes{"0001_notes.sql",
                          "CREATE TABLE note(id $ID, title TEXT NOT NULL UNIQUE, gain DOUBLE PRECISION, raw BYTEA,"
                          " parent BIGINT REFERENCES note(id), CHECK (title <> ''));"};

Result<std::int64_t> add_note(WriteTx& tx, const std::string& title) {
  SH_TRY(const auto rows, query(tx, "INSERT INTO note(title) VALUES($1) RETURNING id", {title}));
  return rows.front().integer(0);
}

class DatabaseTest : public ::testing::Test {
 protected:
  Result<std::int64_t> add(const std::string& title) {
    return db_->write([&](WriteTx& tx) { return add_note(tx, title); });
  }
  Result<std::int64_t> count() {
    return db_->read([](ReadTx& tx) -> Result<std::int64_t> {
      SH_TRY(const auto rows, query(tx, "SELECT count(*) FROM note"));
      return rows.front().integer(0);
    });
  }
  testing::TempDatabase db_{std::span{&notes, 1}};
};

TEST_F(DatabaseTest, WhatWasCommittedIsReadBack) {
  EXPECT_EQ(add("riff").value(), 1);
  EXPECT_EQ(add("drums").value(), 2);
  EXPECT_EQ(count().value(), 2);
}

TEST_F(DatabaseTest, EveryKindOfValueSurvivesTheRoundTrip) {
  const Bytes raw{std::byte{0}, std::byte{255}, std::byte{7}};
  const std::string title{"곡 \U0001F3B5"};
  const auto row = db_->write([&](WriteTx& tx) {
    return query(tx,
                 "INSERT INTO note(id, title, gain, raw) VALUES($1, $2, $3, $4) RETURNING id, title, gain, raw, parent",
                 {5'000'000'000, title, -3.25, raw});
  });
  ASSERT_TRUE(row) << row.error().detail;
  EXPECT_EQ(row->front().integer(0), 5'000'000'000);
  EXPECT_EQ(row->front().text(1), title);
  EXPECT_EQ(row->front().real(2), -3.25);
  EXPECT_EQ(row->front().bytes(3), raw);
  EXPECT_EQ(row->front().optional_integer(4), std::nullopt);
}

TEST_F(DatabaseTest, ATextThatIsNotUtf8OrHasANulIsRefusedAndNothingIsWritten) {
  for (const auto& title : {std::string{"a\0b", 3}, std::string{"\xff"}}) {
    EXPECT_EQ(add(title).error().key, "storage.text");
    EXPECT_EQ(add(title).error().code, Errc::invalid);
  }
  EXPECT_EQ(count().value(), 0);
}

TEST_F(DatabaseTest, ArgumentsAreMatchedByTheirNumbersWhateverTheirOrderInTheText) {
  const auto rows = db_->read([](ReadTx& tx) { return query(tx, "SELECT $2, $1, $2", {"one", "two"}); });
  ASSERT_TRUE(rows);
  EXPECT_EQ(rows->front().text(0), "two");
  EXPECT_EQ(rows->front().text(1), "one");
  EXPECT_EQ(rows->front().text(2), "two");
}

TEST_F(DatabaseTest, AnErrorInTheWorkRollsEverythingBack) {
  const auto result = db_->write([&](WriteTx& tx) -> Result<std::int64_t> {
    SH_TRY([[maybe_unused]] const auto id, add_note(tx, "riff"));
    return fail(Errc::invalid, "note.refused");
  });
  EXPECT_EQ(result.error().key, "note.refused");
  EXPECT_EQ(count().value(), 0);
}

TEST_F(DatabaseTest, AnExceptionInTheWorkRollsEverythingBack) {
  const auto thrower = [](WriteTx& tx) -> Result<std::int64_t> {
    auto id = add_note(tx, "riff");
    throw std::runtime_error{"bug"};
    return id;
  };
  EXPECT_THROW((void)db_->write(thrower), std::runtime_error);
  EXPECT_EQ(count().value(), 0);
  EXPECT_TRUE(add("riff")) << "the writer is free again";
}

TEST_F(DatabaseTest, ATakenTitleIsAConflictThatNamesTheColumn) {
  ASSERT_TRUE(add("riff"));
  const auto again = add("riff");
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Errc::conflict);
  EXPECT_EQ(again.error().key, "storage.unique");
  EXPECT_THAT(again.error().detail, ::testing::HasSubstr("note.title"));
}

TEST_F(DatabaseTest, ARowThatNamesAMissingOneIsAConflict) {
  const auto orphan = db_->write([](WriteTx& tx) {
    return execute(tx, "INSERT INTO note(title, parent) VALUES($1, $2)", {"orphan", 99});
  });
  EXPECT_EQ(orphan.error().key, "storage.reference");
}

TEST_F(DatabaseTest, ABrokenCheckIsOurOwnFault) {
  EXPECT_EQ(add("").error().key, "storage.failed");
  EXPECT_EQ(add("").error().code, Errc::internal);
}

TEST_F(DatabaseTest, AfterAFailedStatementNothingCanBeCommittedEvenIfTheWorkOverlooksIt) {
  ASSERT_TRUE(add("riff"));
  const auto overlooked = db_->write([&](WriteTx& tx) -> Result<void> {
    SH_CHECK(add_note(tx, "drums"));
    (void)add_note(tx, "riff");
    return {};
  });
  EXPECT_EQ(overlooked.error().key, "storage.unique");
  EXPECT_EQ(count().value(), 1);
}

TEST_F(DatabaseTest, ChangedRowsAreCounted) {
  ASSERT_TRUE(add("a"));
  ASSERT_TRUE(add("b"));
  const auto changed = db_->write([](WriteTx& tx) { return execute(tx, "UPDATE note SET gain = $1", {Value{1.0}}); });
  EXPECT_EQ(changed.value(), 2);
}

TEST_F(DatabaseTest, AStatementWithTooFewArgumentsIsRefusedNotRunWithNulls) {
  const auto result = db_->read([](ReadTx& tx) { return query(tx, "SELECT $1, $2", {1}); });
  EXPECT_EQ(result.error().code, Errc::internal);
}

TEST_F(DatabaseTest, ATransactionInsideATransactionIsABugThatShows) {
  const auto nested = db_->write([&](WriteTx&) { return count(); });
  EXPECT_EQ(nested.error().key, "storage.nested");
  const auto inside_read = db_->read([&](ReadTx&) { return add("x"); });
  EXPECT_EQ(inside_read.error().key, "storage.nested");
  EXPECT_EQ(count().value(), 0);
}

TEST_F(DatabaseTest, AReaderCannotWriteEvenWithARawStatement) {
  const auto result = db_->read([](ReadTx& tx) { return query(tx, "DELETE FROM note"); });
  EXPECT_FALSE(result);
}

TEST_F(DatabaseTest, AReaderSeesOneStateWhileTheWriterGoesOn) {
  ASSERT_TRUE(add("before"));
  const auto seen = db_->read([&](ReadTx& tx) -> Result<std::pair<std::int64_t, std::int64_t>> {
    SH_TRY(const auto first, query(tx, "SELECT count(*) FROM note"));
    std::thread{[&] { EXPECT_TRUE(add("meanwhile")); }}.join();
    SH_TRY(const auto second, query(tx, "SELECT count(*) FROM note"));
    return std::pair{first.front().integer(0), second.front().integer(0)};
  });
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->first, 1);
  EXPECT_EQ(seen->second, 1);
  EXPECT_EQ(count().value(), 2);
}

TEST_F(DatabaseTest, ManyThreadsReadAndWriteAtOnceAndNothingIsLost) {
  constexpr int threads = 12, each = 20;
  std::atomic<int> failed{0};
  {
    std::vector<std::jthread> crowd;
    for (int t = 0; t < threads; ++t)
      crowd.emplace_back([&, t] {
        for (int i = 0; i < each; ++i) {
          if (!add(std::to_string(t) + "/" + std::to_string(i))) ++failed;
          if (!count()) ++failed;
        }
      });
  }
  EXPECT_EQ(failed, 0);
  EXPECT_EQ(count().value(), threads * each);
}

TEST_F(DatabaseTest, WhatWasReadIsStillTrueAtTheCommitHoweverManyWriteAtOnce) {
  constexpr int threads = 8, seats = 5;
  std::atomic<int> taken{0};
  const auto take = [&](int i) {
    return db_->write([&](WriteTx& tx) -> Result<void> {
      SH_TRY(const auto rows, query(tx, "SELECT count(*) FROM note"));
      if (rows.front().integer(0) >= seats) return fail(Errc::conflict, "test.full");
      SH_CHECK(add_note(tx, std::to_string(i)));
      return {};
    });
  };
  {
    std::vector<std::jthread> crowd;
    for (int t = 0; t < threads; ++t)
      crowd.emplace_back([&, t] {
        for (int i = 0; i < 4; ++i) {
          const auto done = take(t * 100 + i);
          if (done)
            ++taken;
          else
            EXPECT_EQ(done.error().key, "test.full") << done.error().detail;
        }
      });
  }
  EXPECT_EQ(taken, seats);
  EXPECT_EQ(count().value(), seats);
}

TEST_F(DatabaseTest, NoChangeOfAValueThatWasReadBeforeIsLost) {
  constexpr int threads = 6, each = 10;
  ASSERT_TRUE(add("counter"));
  const auto increment = [&] {
    return db_->write([](WriteTx& tx) -> Result<void> {
      SH_TRY(const auto rows, query(tx, "SELECT coalesce(gain, 0) FROM note WHERE title = $1", {"counter"}));
      return execute(tx, "UPDATE note SET gain = $1 WHERE title = $2", {rows.front().real(0) + 1, "counter"})
          .map([](auto) {});
    });
  };
  {
    std::vector<std::jthread> crowd;
    for (int t = 0; t < threads; ++t)
      crowd.emplace_back([&] {
        for (int i = 0; i < each; ++i) {
          const auto done = increment();
          EXPECT_TRUE(done) << done.error().detail;
        }
      });
  }
  const auto rows = db_->read([](ReadTx& tx) { return query(tx, "SELECT gain FROM note"); });
  EXPECT_EQ(rows->front().real(0), threads * each);
}

TEST_F(DatabaseTest, TheTimeOfEachStepIsToldToWhoAsks) {
  std::vector<Operation> steps;
  const Hooks hooks{.on_timing = [&](Operation step, std::chrono::nanoseconds) { steps.push_back(step); }};
  const auto db = testing::on_postgres() ? Database::open_postgres({.url = db_.address(), .hooks = hooks})
                                         : Database::open_sqlite(db_.address(), {.hooks = hooks});
  steps.clear();
  ASSERT_TRUE((*db)->write([](WriteTx& tx) { return add_note(tx, "riff"); }));
  EXPECT_THAT(steps, ::testing::ElementsAre(Operation::begin, Operation::statement, Operation::commit));
}

TEST_F(DatabaseTest, WhoWaitsLongerThanThePatienceIsTold) {
  constexpr std::chrono::milliseconds patience{20};
  const auto db = testing::on_postgres()
                      ? Database::open_postgres({.url = db_.address(), .readers = 1, .patience = patience})
                      : Database::open_sqlite(db_.address(), {.readers = 1, .patience = patience});
  ASSERT_TRUE(db);
  const auto outcome = (*db)->read([&](ReadTx&) -> Result<std::string> {
    std::string key;
    std::thread{[&] {
      const auto second = (*db)->read([](ReadTx&) -> Result<int> { return 1; });
      key = second ? "got in" : second.error().key;
    }}.join();
    return key;
  });
  EXPECT_EQ(outcome.value(), "storage.busy");
}

}  // namespace
}  // namespace soundhub::storage
