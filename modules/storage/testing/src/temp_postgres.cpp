// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/storage/testing/temp_postgres.hpp"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <stdexcept>
#include <thread>
#include <vector>

#include "postgres_link.hpp"

namespace soundhub::storage::testing {
namespace {

constexpr const char* programs = "/usr/lib/postgresql/15/bin/";

// PostgreSQL refuses to run as root.
struct Owner {
  uid_t uid;
  gid_t gid;
};
Owner owner() {
  if (::geteuid() != 0) return {::geteuid(), ::getegid()};
  const passwd* const found = ::getpwnam("postgres");
  if (!found) throw std::runtime_error("no user postgres: is the package postgresql-15 installed?");
  return {found->pw_uid, found->pw_gid};
}

void become(const Owner& who) {
  if (::geteuid() == 0 && (::setgroups(0, nullptr) != 0 || ::setgid(who.gid) != 0 || ::setuid(who.uid) != 0))
    ::_exit(126);
}

/// In a child as `who`, its output in `log`; it dies with us.
pid_t spawn(const std::vector<std::string>& command, const Owner& who, const std::string& log) {
  std::vector<char*> argv;
  for (const auto& word : command) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  const pid_t pid = ::fork();
  if (pid != 0) return pid;
  become(who);
  ::prctl(PR_SET_PDEATHSIG, SIGQUIT);
  const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  ::dup2(out, 1);
  ::dup2(out, 2);
  if (::chdir("/") == 0) ::execv(argv[0], argv.data());
  ::_exit(127);
}

int outcome_of(pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

}  // namespace

TempPostgres::TempPostgres() {
  const auto who = owner();
  const auto folder = folder_.path().string();
  if (::chown(folder.c_str(), who.uid, who.gid) != 0) throw std::runtime_error("chown " + folder);
  const auto log = folder + "/initdb.log";
  const pid_t init = spawn({std::string{programs} + "initdb", "-D", folder + "/data", "-U", "soundhub", "-A", "trust",
                            "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"},
                           who, log);
  if (outcome_of(init) != 0) throw std::runtime_error("initdb failed: " + log);
  start();
}

TempPostgres::~TempPostgres() {
  stop();
}

TempPostgres& TempPostgres::shared() {
  static TempPostgres server;
  return server;
}

void TempPostgres::start() {
  const auto folder = folder_.path().string();
  pid_ =
      spawn({std::string{programs} + "postgres", "-D", folder + "/data", "-k", folder, "-c", "listen_addresses=", "-c",
             "fsync=off", "-c", "max_connections=200", "-c", "shared_buffers=32MB", "-c", "autovacuum=off"},
            owner(), folder + "/server.log");
  for (int tries = 0; !answers(); ++tries) {
    if (tries > 3000) throw std::runtime_error("PostgreSQL doesn't answer");
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  }
}

void TempPostgres::stop() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGQUIT);
  outcome_of(pid_);
  pid_ = -1;
}

bool TempPostgres::answers() const {
  return PQping(url("postgres").c_str()) == PQPING_OK;
}

std::string TempPostgres::borrow() {
  const std::lock_guard lock{mutex_};
  if (!free_.empty()) {
    auto name = std::move(free_.back());
    free_.pop_back();
    return name;
  }
  auto name = "test_" + std::to_string(++made_);
  administer("CREATE DATABASE " + name);
  return name;
}

void TempPostgres::give_back(const std::string& name) noexcept {
  const std::lock_guard lock{mutex_};
  try {
    administer(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
        " AND pid <> pg_backend_pid(); DROP SCHEMA public CASCADE; CREATE SCHEMA public",
        name);
    free_.push_back(name);
  } catch (const std::exception&) {  // the server is stopped, or the database was left broken: not used again
  }
}

std::string TempPostgres::url(const std::string& database) const {
  return "postgresql:///" + database + "?user=soundhub&host=" + folder_.path().string();
}

void TempPostgres::administer(const std::string& sql, const std::string& database) const {
  const postgres::Link link{PQconnectdb(url(database).c_str())};
  PQsetNoticeReceiver(
      link.get(), [](void*, const PGresult*) {}, nullptr);
  const postgres::Answer answer{PQexec(link.get(), sql.c_str())};
  if (!postgres::succeeded(answer.get())) throw std::runtime_error(PQerrorMessage(link.get()));
}

// Emptied and used again: making and dropping one takes the server longer than most tests.
TempPostgresDatabase::TempPostgresDatabase() : name_{TempPostgres::shared().borrow()} {}

TempPostgresDatabase::~TempPostgresDatabase() {
  TempPostgres::shared().give_back(name_);
}

}  // namespace soundhub::storage::testing
