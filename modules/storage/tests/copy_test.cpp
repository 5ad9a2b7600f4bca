// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/storage/copy.hpp"

#include "fixture.hpp"
#include "soundhub/storage/jobs.hpp"
#include "soundhub/storage/outbox.hpp"
#include "sql.hpp"

namespace soundhub::storage {
namespace {

/// A small community in the database of this run, and an empty SQLite file beside it.
class Copying : public RepositoryTest {
 protected:
  Copying() {
    const auto anna = user("anna"), ben = user("벤");
    for (int i = 0; i < 30; ++i) {
      const auto of = song(i % 2 == 0 ? anna : ben);
      const auto first = mix(of, anna);
      mix(of, anna, first);
      take(part(of, ben));
      write([&](WriteTx& tx) { return outbox::append(tx, {.type = "song.changed", .song = of, .progress = 0.25}); });
      write([&](WriteTx& tx) { return jobs::enqueue(tx, {.kind = "ingest", .subject = i, .run_at = noon}); });
    }
    write([&](WriteTx& tx) { return uploads::insert(tx, {.id = "token-Z_1", .owner = ben, .size_bytes = 5}); });
    write([&](WriteTx& tx) { return uploads::insert(tx, {.id = "tokena", .owner = ben, .size_bytes = 5}); });
    write([&](WriteTx& tx) { return execute(tx, "DELETE FROM jobs WHERE id > $1", {20}); });
  }
  auto copy(Database& from, Database& to, std::string source = "here") {
    return copy_database(from, to, {.source = std::move(source), .batch_rows = 7, .progress = on_progress_});
  }
  static std::int64_t count(Database& db, const std::string& table) {
    return db.read([&](ReadTx& tx) { return tx.connection().query("SELECT count(*) FROM " + table); })
        ->front()
        .integer(0);
  }
  static JobId next_job(Database& db) {
    return db.write([](WriteTx& tx) { return jobs::enqueue(tx, {.kind = "ingest"}); }).value();
  }

  testing::TempFolder folder_;
  std::unique_ptr<Database> other_{Database::open_sqlite(folder_.path() / "other.db").value()};
  std::function<void(std::string_view, std::int64_t)> on_progress_;
};

TEST_F(Copying, AllRowsArriveThereAndBackAgainAndAreTheSame) {
  const auto there = copy(*db_, *other_);
  ASSERT_TRUE(there) << there.error().detail;
  EXPECT_EQ(count(*other_, "songs"), 30);
  EXPECT_EQ(count(*other_, "mixes"), 60);
  testing::TempDatabase third;
  const auto back = copy(*other_, *third);
  ASSERT_TRUE(back) << back.error().detail;
  ASSERT_EQ(there->size(), back->size());
  EXPECT_GT(there->size(), 15u);
  for (std::size_t i = 0; i < there->size(); ++i) {
    EXPECT_EQ((*there)[i].rows, (*back)[i].rows) << (*there)[i].name;
    EXPECT_EQ((*there)[i].sha256, (*back)[i].sha256) << (*there)[i].name;
  }
  const auto name = [](Database& db) {
    return db.read([](ReadTx& tx) { return accounts::by_nickname(tx, "벤"); })->value().nickname;
  };
  EXPECT_EQ(name(*third), "벤");
}

TEST_F(Copying, IdsGoOnWhereTheyWereDeletedOnesIncluded) {
  ASSERT_TRUE(copy(*db_, *other_));
  EXPECT_EQ(next_job(*other_), JobId{31});
  testing::TempDatabase third;
  ASSERT_TRUE(copy(*db_, *third));
  EXPECT_EQ(next_job(*third), JobId{31});
}

TEST_F(Copying, OneThatIsBrokenOffAnywhereGoesOnAndEndsTheSame) {
  const auto whole = [&] {
    testing::TempDatabase target;
    return copy(*db_, *target).value();
  }();
  testing::TempDatabase target;
  int batches = 0, broken = 0;
  for (int stop_after = 1;; stop_after += 3) {
    batches = 0;
    on_progress_ = [&](std::string_view, std::int64_t) {
      if (++batches == stop_after) throw std::runtime_error("killed");
    };
    try {
      const auto done = copy(*db_, *target);
      ASSERT_TRUE(done) << done.error().detail;
      ASSERT_EQ(done->size(), whole.size());
      for (std::size_t i = 0; i < whole.size(); ++i) EXPECT_EQ((*done)[i].sha256, whole[i].sha256) << whole[i].name;
      break;
    } catch (const std::runtime_error&) {
      ++broken;
      EXPECT_EQ(migrate(*target).error().key, "storage.half_copied") << "nobody may start on half of it";
    }
  }
  EXPECT_GT(broken, 2);
  EXPECT_TRUE(migrate(*target));
}

TEST_F(Copying, ATargetWithRowsOfItsOwnIsLeftAlone) {
  ASSERT_TRUE(migrate(*other_));
  next_job(*other_);
  EXPECT_EQ(copy(*db_, *other_).error().key, "storage.target_not_empty");
  EXPECT_EQ(count(*other_, "jobs"), 1);
  EXPECT_EQ(count(*other_, "songs"), 0);
}

TEST_F(Copying, HalfOfAnotherCopyIsLeftAlone) {
  on_progress_ = [](std::string_view table, std::int64_t) {
    if (table == "songs") throw std::runtime_error("killed");
  };
  EXPECT_THROW((void)copy(*db_, *other_, "one"), std::runtime_error);
  on_progress_ = {};
  EXPECT_EQ(copy(*db_, *other_, "another").error().key, "storage.target_not_empty");
  EXPECT_TRUE(copy(*db_, *other_, "one"));
}

TEST_F(Copying, ASourceThatChangedBetweenTwoPartsOfTheCopyIsFoundOut) {
  on_progress_ = [](std::string_view table, std::int64_t) {
    if (table == "songs") throw std::runtime_error("killed");
  };
  EXPECT_THROW((void)copy(*db_, *other_), std::runtime_error);
  on_progress_ = {};
  write([](WriteTx& tx) { return accounts::set_admin(tx, UserId{1}, true); });
  const auto done = copy(*db_, *other_);
  EXPECT_EQ(done.error().key, "storage.copy_differs");
  EXPECT_THAT(done.error().detail, ::testing::HasSubstr("users"));
}

TEST_F(Copying, ASourceOfAnotherSchemaIsRefused) {
  const auto empty = Database::open_sqlite(folder_.path() / "empty.db").value();
  EXPECT_EQ(copy(*empty, *other_).error().key, "storage.schema_differs");
}

}  // namespace
}  // namespace soundhub::storage
