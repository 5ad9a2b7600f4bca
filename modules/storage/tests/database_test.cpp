// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/storage/database.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <barrier>
#include <stdexcept>
#include <thread>

#include "soundhub/storage/testing/temp_database.hpp"
#include "sql.hpp"

namespace soundhub::storage {
namespace {

constexpr Migration notes{"0001_notes.sql",
                          "CREATE TABLE note(id INTEGER PRIMARY KEY, title TEXT NOT NULL UNIQUE, gain REAL, raw BLOB,"
                          " parent INTEGER REFERENCES note(id), CHECK (title <> ''));"};

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
  const std::string title{"곡\0with NUL", 12};
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

TEST_F(DatabaseTest, WhoWaitsLongerThanThePatienceIsTold) {
  testing::TempFolder folder;
  const auto db =
      Database::open_sqlite(folder.path() / "x.db", {.readers = 1, .patience = std::chrono::milliseconds{20}});
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

TEST_F(DatabaseTest, TheFileIsForItsOwnerOnly) {
  ASSERT_TRUE(add("secret"));
  for (const char* suffix : {"", "-wal"}) {
    struct stat info {};
    ASSERT_EQ(::stat((db_.file() + suffix).c_str(), &info), 0) << suffix;
    EXPECT_EQ(info.st_mode & 0777, 0600u) << suffix;
  }
}

TEST_F(DatabaseTest, ACommitIsFlushedToTheDisk) {
  const auto pragma = [&](const char* name) {
    return db_->write([&](WriteTx& tx) { return query(tx, std::string{"PRAGMA "} + name); });
  };
  EXPECT_EQ(pragma("synchronous")->front().integer(0), 2);
  EXPECT_EQ(pragma("journal_mode")->front().text(0), "wal");
  EXPECT_EQ(pragma("foreign_keys")->front().integer(0), 1);
}

TEST_F(DatabaseTest, AFullDatabaseSaysFullAndGoesOnReading) {
  ASSERT_TRUE(add("kept"));
  const auto full = db_->write([](WriteTx& tx) -> Result<std::int64_t> {
    SH_TRY([[maybe_unused]] const auto cap, query(tx, "PRAGMA max_page_count=1"));
    return execute(tx, "INSERT INTO note(title, raw) VALUES($1, $2)", {"big", Bytes(1'000'000)});
  });
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().code, Errc::unavailable);
  EXPECT_EQ(full.error().key, "storage.full");
  EXPECT_EQ(count().value(), 1);
}

TEST(Database, ProcessesThatOpenANewFileTogetherAllGetIn) {
  for (int round = 0; round < 5; ++round) {
    testing::TempFolder folder;
    std::barrier start{6};
    std::vector<std::jthread> openers;
    for (int i = 0; i < 6; ++i)
      openers.emplace_back([&] {
        start.arrive_and_wait();
        const auto db = Database::open_sqlite(folder.path() / "x.db");
        EXPECT_TRUE(db) << db.error().detail;
      });
  }
}

TEST(Database, AFolderThatIsNotThereIsAnErrorNotACrash) {
  EXPECT_FALSE(Database::open_sqlite("/nonexistent/folder/x.db"));
}

TEST(Database, AFileThatIsNoDatabaseIsRefused) {
  testing::TempFolder folder;
  const auto path = folder.path() / "x.db";
  {
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> file{std::fopen(path.c_str(), "w"), std::fclose};
    for (int i = 0; i < 2000; ++i) std::fputs("not a database ", file.get());
  }
  EXPECT_FALSE(Database::open_sqlite(path));
}

}  // namespace
}  // namespace soundhub::storage
