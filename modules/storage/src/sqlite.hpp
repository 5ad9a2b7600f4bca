// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <sqlite3.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "connection.hpp"

namespace soundhub::storage {

/// SQLite by its C interface. `on_statement` sees each text when it is first prepared.
class SqliteConnection final : public Connection {
 public:
  static Result<std::unique_ptr<Connection>> open(const std::string& path, bool writer,
                                                  std::function<void(std::string_view)> on_statement);

  Dialect dialect() const override { return Dialect::sqlite; }
  using Connection::query;
  Result<Rows> query(std::string_view sql, std::span<const Value> args) override;
  Result<void> script(std::string_view sql) override;
  Result<void> begin(bool write) override;
  Result<void> commit() override;
  void rollback() noexcept override;

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
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };

  SqliteConnection(Handle handle, std::function<void(std::string_view)> on_statement)
      : handle_{std::move(handle)}, on_statement_{std::move(on_statement)} {}
  Result<Statement*> prepared(std::string_view sql);
  Result<void> run(std::string_view sql);
  Result<void> enter_wal();
  Result<void> use_wal();
  tl::unexpected<Error> failure(std::string_view sql) const;

  Handle handle_;
  std::function<void(std::string_view)> on_statement_;
  std::unordered_map<std::string, Statement, TextHash, std::equal_to<>> statements_;
};

}  // namespace soundhub::storage
