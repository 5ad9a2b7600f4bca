// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <sys/types.h>

#include <mutex>
#include <string>
#include <vector>

#include "soundhub/storage/testing/temp_folder.hpp"

namespace soundhub::storage::testing {

/// A real PostgreSQL 15 with a data folder of its own, on a unix socket only, without fsync; ends with the object,
/// or with the process if that is killed. As root it runs as the user "postgres", which the Debian package makes.
/// Throws std::runtime_error if it can't be made.
class TempPostgres {
 public:
  TempPostgres();
  TempPostgres(const TempPostgres&) = delete;
  TempPostgres& operator=(const TempPostgres&) = delete;
  ~TempPostgres();

  /// The one that the tests of this process share, made when first asked for.
  static TempPostgres& shared();

  void start();
  void stop();  ///< at once: connections are cut ("immediate" shutdown)
  std::string url(const std::string& database) const;
  /// A statement as the superuser, outside any transaction; throws.
  void administer(const std::string& sql, const std::string& database = "postgres") const;

 private:
  friend class TempPostgresDatabase;
  std::string borrow();
  void give_back(const std::string& name) noexcept;
  bool answers() const;

  TempFolder folder_;
  pid_t pid_{-1};
  std::mutex mutex_;  // guards what follows
  std::vector<std::string> free_;
  int made_{0};
};

/// An empty database of its own on the shared server.
class TempPostgresDatabase {
 public:
  TempPostgresDatabase();
  TempPostgresDatabase(const TempPostgresDatabase&) = delete;
  TempPostgresDatabase& operator=(const TempPostgresDatabase&) = delete;
  ~TempPostgresDatabase();
  const std::string& name() const { return name_; }
  std::string url() const { return TempPostgres::shared().url(name_); }

 private:
  std::string name_;
};

}  // namespace soundhub::storage::testing
