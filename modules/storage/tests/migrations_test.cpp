// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/storage/migrations.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <barrier>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <sstream>
#include <thread>

#include "soundhub/storage/testing/temp_database.hpp"
#include "sql.hpp"

namespace soundhub::storage {
namespace {

constexpr Migration steps[]{
    {"0001_song.sql", "CREATE TABLE song(id $ID); CREATE TABLE part(id $ID);"},
    {"0002_title.sql", "ALTER TABLE song ADD COLUMN title TEXT; INSERT INTO song(title) VALUES('riff');"},
};

// Without comments, in capitals, with single spaces.
std::vector<std::string> statements_of(std::string_view sql) {
  auto text = std::regex_replace(std::string{sql}, std::regex{"--[^\n]*"}, "");
  text = std::regex_replace(text, std::regex{"\\s+"}, " ");
  std::vector<std::string> out;
  std::istringstream in{text};
  for (std::string one; std::getline(in, one, ';');) {
    one = std::regex_replace(one, std::regex{"^ | $"}, "");
    std::ranges::transform(one, one.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    if (!one.empty()) out.push_back(one);
  }
  return out;
}

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

TEST_F(MigrationsTest, TheReleaseBeforeStartsOnTheNewSchemaAndLeavesItAsItIs) {
  ASSERT_TRUE(migrate(*db_, steps));
  ASSERT_TRUE(migrate(*db_, std::span{steps, 1}));
  EXPECT_EQ(version(), 2);
}

TEST_F(MigrationsTest, AStepThatTakesSomethingAwayKeepsOutWhoStillUsesIt) {
  const Migration all[]{steps[0],
                        steps[1],
                        {"0003_drop_part.needs-0002.sql", "DROP TABLE part;"},
                        {"0004_note.sql", "ALTER TABLE song ADD COLUMN note TEXT;"}};
  ASSERT_TRUE(migrate(*db_, all));
  const auto too_old = migrate(*db_, std::span{all, 1});
  ASSERT_FALSE(too_old);
  EXPECT_EQ(too_old.error().key, "storage.newer");
  EXPECT_THAT(too_old.error().detail, ::testing::HasSubstr("0003_drop_part.needs-0002.sql"));
  EXPECT_TRUE(migrate(*db_, std::span{all, 2}));
  EXPECT_TRUE(migrate(*db_, std::span{all, 3}));
  EXPECT_EQ(version(), 4);
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

// What programs that don't know the step can live with; all else is for a step that says whom it needs.
bool only_adds(std::string_view sql) {
  std::set<std::string> own;
  for (const auto& statement : statements_of(sql)) {
    std::smatch found;
    if (std::regex_match(statement, found, std::regex{"CREATE TABLE (\\w+) ?\\(.*"})) {
      own.insert(found[1]);
    } else if (std::regex_match(statement, found, std::regex{"CREATE UNIQUE INDEX \\w+ ON (\\w+).*"}) ||
               std::regex_match(statement, found, std::regex{"ALTER TABLE (\\w+) ADD COLUMN .*NOT NULL.*"})) {
      const bool filled = statement.find(" DEFAULT ") != std::string::npos;
      if (!own.contains(found[1]) && !filled) return false;
    } else if (!std::regex_match(statement, std::regex{"(CREATE INDEX|ALTER TABLE \\w+ ADD COLUMN|INSERT INTO) .*"})) {
      return false;
    }
  }
  return true;
}

TEST(Migrations, OnlyAddUnlessTheySayWhomTheyNeed) {
  for (const auto& step : migrations()) {
    if (step.file.find(".needs-") == std::string_view::npos) {
      EXPECT_TRUE(only_adds(step.text)) << step.file;
    } else {
      EXPECT_LT(std::stoi(std::string{step.file.substr(step.file.find(".needs-") + 7)}),
                std::stoi(std::string{step.file}))
          << step.file << ": first a release that has no use for it, then the step";
    }
  }
}

TEST(Migrations, ThatTakeSomethingAwayAreRecognised) {
  EXPECT_TRUE(only_adds("-- drop nothing\nCREATE TABLE a(id $ID, b TEXT NOT NULL);\nCREATE UNIQUE INDEX a_b ON a(b);"));
  EXPECT_TRUE(only_adds("ALTER TABLE songs ADD COLUMN mood TEXT NOT NULL DEFAULT '';CREATE INDEX m ON songs(mood);"));
  for (const auto* text :
       {"DROP TABLE parts", "ALTER TABLE parts DROP COLUMN note", "alter table parts rename column note to text",
        "ALTER TABLE parts ADD COLUMN mood TEXT NOT NULL", "CREATE UNIQUE INDEX x ON songs(title)",
        "ALTER TABLE parts ALTER COLUMN note SET NOT NULL", "UPDATE parts SET state = 'new'", "DELETE FROM jobs",
        "CREATE INDEX a ON parts(note); DROP INDEX parts_song"})
    EXPECT_FALSE(only_adds(text)) << text;
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
