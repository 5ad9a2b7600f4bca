// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/storage/migrations.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <barrier>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <thread>

#include "soundhub/storage/testing/temp_database.hpp"
#include "sql.hpp"

namespace soundhub::storage {
namespace {

constexpr Migration steps[]{
    {"0001_song.sql", "CREATE TABLE song(id $ID); CREATE TABLE part(id $ID);"},
    {"0002_title.sql", "ALTER TABLE song ADD COLUMN title TEXT; INSERT INTO song(title) VALUES('riff');"},
};

class MigrationsTest : public ::testing::Test {
 protected:
  int version() {
    return db_->read([](ReadTx& tx) { return schema_version(tx); }).value();
  }
  bool has_table(const std::string& name) {
    return db_->read([&](ReadTx& tx) {
                return query(tx,
                             testing::on_postgres() ? "SELECT 1 FROM pg_tables WHERE tablename = $1"
                                                    : "SELECT 1 FROM sqlite_schema WHERE name = $1",
                             {name});
              })
               ->size() == 1;
  }
  testing::TempDatabase db_{{}};
};

TEST_F(MigrationsTest, EachStepIsDoneOnceInOrder) {
  EXPECT_EQ(version(), 0);
  ASSERT_TRUE(migrate(*db_, std::span{steps, 1}));
  EXPECT_EQ(version(), 1);
  ASSERT_TRUE(migrate(*db_, steps));
  ASSERT_TRUE(migrate(*db_, steps));
  EXPECT_EQ(version(), 2);
  const auto songs = db_->read([](ReadTx& tx) { return query(tx, "SELECT title FROM song"); });
  EXPECT_EQ(songs->size(), 1u);
}

TEST_F(MigrationsTest, ADatabaseNewerThanTheProgramIsLeftAlone) {
  ASSERT_TRUE(migrate(*db_, steps));
  const auto older = migrate(*db_, std::span{steps, 1});
  ASSERT_FALSE(older);
  EXPECT_EQ(older.error().key, "storage.newer");
  EXPECT_EQ(version(), 2);
}

TEST_F(MigrationsTest, AStepThatFailsLeavesNothingOfItself) {
  const Migration broken[]{steps[0], {"0002_bad.sql", "CREATE TABLE half(id INTEGER); SELECT nonsense FROM nowhere;"}};
  EXPECT_FALSE(migrate(*db_, broken));
  EXPECT_EQ(version(), 1);
  EXPECT_TRUE(has_table("song"));
  EXPECT_FALSE(has_table("half"));
}

TEST_F(MigrationsTest, TenProcessesThatStartTogetherDoEachStepOnce) {
  std::vector<std::unique_ptr<Database>> others;
  for (int i = 0; i < 10; ++i) others.push_back(db_.open_again());
  std::barrier start{10};
  {
    std::vector<std::jthread> instances;
    for (auto& one : others)
      instances.emplace_back([&] {
        start.arrive_and_wait();
        const auto done = migrate(*one, steps);
        EXPECT_TRUE(done) << done.error().detail;
      });
  }
  EXPECT_EQ(version(), 2);
  const auto songs = db_->read([](ReadTx& tx) { return query(tx, "SELECT title FROM song"); });
  EXPECT_EQ(songs->size(), 1u);
}

TEST_F(MigrationsTest, IdsOfDeletedRowsNeverComeBack) {
  const Migration counted{"0001_event.sql", "CREATE TABLE event(id $ID, type TEXT);"};
  ASSERT_TRUE(migrate(*db_, std::span{&counted, 1}));
  const auto add = [&] {
    return *db_->write(
        [](WriteTx& tx) { return insert_id<EventId>(tx, "INSERT INTO event(type) VALUES('x') RETURNING id", {}); });
  };
  const auto first = add();
  ASSERT_TRUE(db_->write([](WriteTx& tx) { return execute(tx, "DELETE FROM event"); }));
  EXPECT_GT(add(), first);
}

TEST(Migrations, AreNumberedFromOneWithoutAGap) {
  int expected = 0;
  for (const auto& step : migrations())
    EXPECT_EQ(std::stoi(std::string{step.file.substr(0, 4)}), ++expected) << step.file;
}

TEST(Migrations, AreTheFilesOfTheFolderToTheByte) {
  std::set<std::string> files;
  if (std::filesystem::exists(MIGRATIONS_FOLDER))
    for (const auto& entry : std::filesystem::directory_iterator{MIGRATIONS_FOLDER}) {
      const auto name = entry.path().filename().string();
      if (name.ends_with(".sql") && !name.ends_with(".postgres.sql")) files.insert(name);
    }
  std::set<std::string> embedded;
  for (const auto& step : migrations()) {
    embedded.emplace(step.file);
    std::ifstream in{std::filesystem::path{MIGRATIONS_FOLDER} / step.file, std::ios::binary};
    EXPECT_EQ(step.text, (std::string{std::istreambuf_iterator<char>{in}, {}})) << step.file;
  }
  EXPECT_EQ(embedded, files);
}

TEST(Migrations, TheWholeSchemaIsMadeOnAnEmptyDatabase) {
  testing::TempDatabase db;
  EXPECT_EQ(db->read([](ReadTx& tx) { return schema_version(tx); }).value(), static_cast<int>(migrations().size()));
}

}  // namespace
}  // namespace soundhub::storage
