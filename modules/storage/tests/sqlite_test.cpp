// SPDX-License-Identifier: AGPL-3.0-or-later
// What only a file has.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <barrier>
#include <cstdio>
#include <memory>
#include <thread>
#include <vector>

#include "soundhub/storage/testing/temp_folder.hpp"
#include "sql.hpp"

namespace soundhub::storage {
namespace {

class SqliteFile : public ::testing::Test {
 protected:
  SqliteFile() {
    if (!db_->write([](WriteTx& tx) {
          return tx.connection().script("CREATE TABLE note(id INTEGER PRIMARY KEY, title TEXT, raw BLOB)");
        }))
      throw std::runtime_error("no table");
  }
  Result<std::int64_t> add(const std::string& title) {
    return db_->write([&](WriteTx& tx) { return execute(tx, "INSERT INTO note(title) VALUES($1)", {title}); });
  }
  std::string file() const { return folder_.path() / "x.db"; }
  testing::TempFolder folder_;
  std::unique_ptr<Database> db_{Database::open_sqlite(file()).value()};
};

TEST_F(SqliteFile, TheFileIsForItsOwnerOnly) {
  ASSERT_TRUE(add("secret"));
  for (const char* suffix : {"", "-wal"}) {
    struct stat info {};
    ASSERT_EQ(::stat((file() + suffix).c_str(), &info), 0) << suffix;
    EXPECT_EQ(info.st_mode & 0777, 0600u) << suffix;
  }
}

TEST_F(SqliteFile, ACommitIsFlushedToTheDisk) {
  const auto pragma = [&](const char* name) {
    return db_->write([&](WriteTx& tx) { return query(tx, std::string{"PRAGMA "} + name); });
  };
  EXPECT_EQ(pragma("synchronous")->front().integer(0), 2);
  EXPECT_EQ(pragma("journal_mode")->front().text(0), "wal");
  EXPECT_EQ(pragma("foreign_keys")->front().integer(0), 1);
}

TEST_F(SqliteFile, AFullDatabaseSaysFullAndGoesOnReading) {
  ASSERT_TRUE(add("kept"));
  const auto full = db_->write([](WriteTx& tx) -> Result<std::int64_t> {
    SH_TRY([[maybe_unused]] const auto cap, query(tx, "PRAGMA max_page_count=1"));
    return execute(tx, "INSERT INTO note(title, raw) VALUES($1, $2)", {"big", Bytes(1'000'000)});
  });
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().code, Errc::unavailable);
  EXPECT_EQ(full.error().key, "storage.full");
  const auto rows = db_->read([](ReadTx& tx) { return query(tx, "SELECT title FROM note"); });
  EXPECT_EQ(rows->size(), 1u);
}

TEST(Sqlite, ProcessesThatOpenANewFileTogetherAllGetIn) {
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

TEST(Sqlite, AFolderThatIsNotThereIsAnErrorNotACrash) {
  EXPECT_FALSE(Database::open_sqlite("/nonexistent/folder/x.db"));
}

TEST(Sqlite, AFileThatIsNoDatabaseIsRefused) {
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
