// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "connection.hpp"
#include "postgres_link.hpp"
#include "text_hash.hpp"

namespace soundhub::storage {

/// PostgreSQL by libpq: each text is prepared once, numbers go over the wire in binary.
class PostgresConnection final : public Connection {
 public:
  static Result<std::unique_ptr<Connection>> open(const PostgresOptions& options);

  Dialect dialect() const override { return Dialect::postgres; }
  bool alive() const override { return !ended_ && PQstatus(link_.get()) == CONNECTION_OK; }
  bool interrupted() const override { return interrupted_; }
  void rollback() noexcept override;

 protected:
  Result<Rows> run_query(std::string_view sql, std::span<const Value> args) override;
  Result<void> run_script(std::string_view sql) override;
  Result<void> run_begin(bool write, Isolation isolation) override;
  Result<void> run_commit() override;

 private:
  struct Statement {
    std::string name;
    std::vector<Oid> types;  // of the arguments
  };

  PostgresConnection(postgres::Link link, const Hooks& hooks) : Connection{hooks}, link_{std::move(link)} {}
  Result<const Statement*> prepared(std::string_view sql);
  Result<std::vector<Oid>> types_of(const std::string& name, std::string_view sql);
  Result<void> forget_statements();
  Result<void> run(const char* sql);
  tl::unexpected<Error> failure(const PGresult* answer, std::string_view sql);
  void look_whether_it_died();

  postgres::Link link_;
  bool ended_{false};
  bool interrupted_{false};
  bool stale_{false};  // a prepared statement no longer fits the schema
  std::unordered_map<std::string, Statement, TextHash, std::equal_to<>> statements_;
};

}  // namespace soundhub::storage
