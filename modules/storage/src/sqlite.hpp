// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <sqlite3.h>

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "connection.hpp"
#include "text_hash.hpp"

namespace soundhub::storage {

/// SQLite by its C interface.
class SqliteConnection final : public Connection {
 public:
  static Result<std::unique_ptr<Connection>> open(const std::string& path, bool writer, const Hooks& hooks);

  Dialect dialect() const override { return Dialect::sqlite; }
  void rollback() noexcept override;

 protected:
  Result<Rows> run_query(std::string_view sql, std::span<const Value> args) override;
  Result<void> run_script(std::string_view sql) override;
  Result<void> run_begin(bool write, Isolation isolation) override;
  Result<void> run_commit() override;

 private:
  template <auto Free>
  struct Freed {
    template <class T>
    void operator()(T* p) const {
      Free(p);
    }
  };
  using Handle = std::unique_ptr<sqlite3, Freed<sqlite3_close_v2>>;
  struct Statement {
    std::unique_ptr<sqlite3_stmt, Freed<sqlite3_finalize>> handle;
    std::vector<int> positions;  // where SQLite keeps $1, $2 …
  };
  SqliteConnection(Handle handle, const Hooks& hooks) : Connection{hooks}, handle_{std::move(handle)} {}
  Result<Statement*> prepared(std::string_view sql);
  Result<void> run(std::string_view sql);
  Result<void> enter_wal();
  Result<void> use_wal();
  tl::unexpected<Error> failure(std::string_view sql) const;

  Handle handle_;
  std::unordered_map<std::string, Statement, TextHash, std::equal_to<>> statements_;
};

}  // namespace soundhub::storage
