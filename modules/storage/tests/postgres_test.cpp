// SPDX-License-Identifier: AGPL-3.0-or-later
// What a server between us and the rows brings with it: connections that die, transactions that collide.
#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <fstream>
#include <thread>

#include "soundhub/storage/testing/temp_database.hpp"
#include "sql.hpp"

namespace soundhub::storage {
namespace {

constexpr Migration notes{"0001_notes.sql", "CREATE TABLE note(id $ID, title TEXT NOT NULL UNIQUE);"};

class Postgres : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!testing::on_postgres()) GTEST_SKIP() << "ctest runs it as storage_postgres";
    db_ = std::make_unique<testing::TempDatabase>(std::span{&notes, 1});
  }
  Database& db() { return **db_; }

  static Result<void> add_note(WriteTx& tx, const std::string& title) {
    SH_CHECK(query(tx, "INSERT INTO note(title) VALUES($1)", {title}));
    return {};
  }
  Result<void> add(const std::string& title) {
    return db().write([&](WriteTx& tx) { return add_note(tx, title); });
  }
  std::int64_t count() {
    return db().read([](ReadTx& tx) { return query(tx, "SELECT count(*) FROM note"); })->front().integer(0);
  }
  /// As an admin, a failing network or a crash of its backend would.
  static void kill(ReadTx& tx) {
    const auto pid = query(tx, "SELECT pg_backend_pid()")->front().integer(0);
    testing::TempPostgres::shared().administer("SELECT pg_terminate_backend(" + std::to_string(pid) + ", 10000)");
  }
  void kill_all_others() {
    db().read([&](ReadTx& tx) {
      return query(tx,
                   "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
                   " WHERE datname = current_database() AND pid <> pg_backend_pid()");
    });
  }

  std::unique_ptr<testing::TempDatabase> db_;
};

TEST_F(Postgres, AConnectionThatDiedWhileIdleIsReplacedWithoutAWord) {
  ASSERT_TRUE(add("before"));
  kill_all_others();
  EXPECT_TRUE(add("after"));
  EXPECT_EQ(count(), 2);
}

TEST_F(Postgres, AConnectionThatDiesInTheMiddleRunsTheWorkAgain) {
  int runs = 0;
  const auto done = db().write([&](WriteTx& tx) -> Result<void> {
    SH_CHECK(add_note(tx, "a"));
    if (++runs == 1) kill(tx);
    return add_note(tx, "b");
  });
  EXPECT_TRUE(done) << done.error().detail;
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(count(), 2);
}

TEST_F(Postgres, AConnectionKnownToBeDeadBeforeTheCommitRunsTheWorkAgain) {
  int runs = 0;
  const auto done = db().write([&](WriteTx& tx) -> Result<void> {
    SH_CHECK(add_note(tx, "a"));
    if (++runs == 1) kill(tx);
    return {};
  });
  EXPECT_TRUE(done) << done.error().key << done.error().detail;
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(count(), 1);
}

TEST_F(Postgres, AReadIsRunAgainToo) {
  int runs = 0;
  const auto found = db().read([&](ReadTx& tx) -> Result<Rows> {
    if (++runs == 1) kill(tx);
    return query(tx, "SELECT 1");
  });
  EXPECT_TRUE(found);
  EXPECT_EQ(runs, 2);
}

TEST_F(Postgres, ACommitThatIsCutOffIsReportedAsUnknownAndNeverRepeated) {
  ASSERT_TRUE(db().write([](WriteTx& tx) {
    return tx.connection().script(
        "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN"
        " PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END$$;"
        "CREATE CONSTRAINT TRIGGER die AFTER INSERT ON note DEFERRABLE INITIALLY DEFERRED FOR EACH ROW"
        " EXECUTE FUNCTION die()");
  }));
  int runs = 0;
  const auto done = db().write([&](WriteTx& tx) {
    ++runs;
    return add_note(tx, "a");
  });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().key, "storage.unknown_outcome");
  EXPECT_EQ(done.error().code, Errc::unavailable);
  EXPECT_EQ(runs, 1);
  EXPECT_TRUE(db().ping()) << "the next one gets another connection";
}

TEST_F(Postgres, AServerThatIsGoneIsUnavailableAndUsedAgainWhenItIsBack) {
  testing::TempPostgres server;
  const auto here = Database::open_postgres({.url = server.url("postgres")}).value();
  EXPECT_TRUE(here->ping());
  server.stop();
  for (const auto& refused : {here->ping(), here->write([](WriteTx&) -> Result<void> { return {}; })}) {
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().key, "storage.unreachable") << refused.error().detail;
    EXPECT_EQ(refused.error().code, Errc::unavailable);
  }
  server.start();
  EXPECT_TRUE(here->ping());
  EXPECT_TRUE(here->write([](WriteTx&) -> Result<void> { return {}; }));
}

TEST_F(Postgres, ADeadlockIsRunAgain) {
  ASSERT_TRUE(add("a"));
  ASSERT_TRUE(add("b"));
  std::barrier both_hold_one{2};
  std::atomic<int> runs{0};
  const auto change = [&](const std::string& first, const std::string& second) {
    bool again = false;
    const auto done = db().write([&](WriteTx& tx) -> Result<void> {
      ++runs;
      SH_CHECK(query(tx, "UPDATE note SET title = title WHERE title = $1", {first}));
      if (!std::exchange(again, true)) both_hold_one.arrive_and_wait();
      SH_CHECK(query(tx, "UPDATE note SET title = title WHERE title = $1", {second}));
      return {};
    });
    EXPECT_TRUE(done) << done.error().detail;
  };
  {
    std::jthread one{[&] { change("a", "b"); }}, other{[&] { change("b", "a"); }};
  }
  EXPECT_GT(runs, 2);
}

TEST_F(Postgres, WhoWaitsTooLongForARowIsTold) {
  ASSERT_TRUE(add("a"));
  const auto hasty =
      Database::open_postgres({.url = db_->address(), .lock_timeout = std::chrono::milliseconds{30}}).value();
  const auto change = [](WriteTx& tx) { return execute(tx, "UPDATE note SET title = 'b' WHERE title = 'a'"); };
  const auto held = db().write([&](WriteTx& tx) -> Result<void> {
    SH_CHECK(change(tx));
    Result<std::int64_t> late = 0;
    std::thread{[&] { late = hasty->write(change); }}.join();
    EXPECT_EQ(late.error().key, "storage.busy");
    EXPECT_EQ(late.error().code, Errc::unavailable);
    return {};
  });
  EXPECT_TRUE(held);
}

TEST_F(Postgres, AStatementThatTakesTooLongIsEnded) {
  const auto hasty =
      Database::open_postgres({.url = db_->address(), .statement_timeout = std::chrono::milliseconds{30}}).value();
  const auto slow = hasty->read([](ReadTx& tx) { return query(tx, "SELECT pg_sleep(600)"); });
  EXPECT_EQ(slow.error().key, "storage.busy");
  EXPECT_TRUE(hasty->ping());
}

TEST_F(Postgres, AStatementPreparedBeforeAMigrationGoesOnWorkingAfterIt) {
  const auto titles = [&] { return db().read([](ReadTx& tx) { return query(tx, "SELECT * FROM note"); }); };
  ASSERT_TRUE(titles());
  ASSERT_TRUE(db().write([](WriteTx& tx) { return tx.connection().script("ALTER TABLE note ADD COLUMN text TEXT"); }));
  EXPECT_TRUE(titles());
}

TEST_F(Postgres, ThePasswordIsTheFirstLineOfAFile) {
  const auto& server = testing::TempPostgres::shared();
  server.administer("DROP ROLE IF EXISTS with_password");
  server.administer("CREATE ROLE with_password LOGIN PASSWORD 'right'");
  const testing::TempFolder folder;
  const auto file = (folder.path() / "password").string();
  std::ofstream{file} << "right\nnot this line\n";
  auto url = db_->address();
  url.replace(url.find("user=soundhub"), 13, "user=with_password");
  EXPECT_TRUE(Database::open_postgres({.url = url, .password_file = file}));
  const auto missing = Database::open_postgres({.url = url, .password_file = file + "x"});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().key, "storage.failed");
}

TEST_F(Postgres, ADatabaseInAnotherEncodingIsRefused) {
  const auto& server = testing::TempPostgres::shared();
  server.administer("DROP DATABASE IF EXISTS ascii");
  server.administer("CREATE DATABASE ascii ENCODING 'SQL_ASCII' TEMPLATE template0 LOCALE 'C'");
  const auto opened = Database::open_postgres({.url = server.url("ascii")});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().key, "storage.failed");
}

TEST_F(Postgres, AnAddressWhereNobodyListensIsAnError) {
  const auto opened = Database::open_postgres({.url = "postgresql:///x?host=/nonexistent"});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().key, "storage.unreachable");
}

}  // namespace
}  // namespace soundhub::storage
