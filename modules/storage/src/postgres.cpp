// SPDX-License-Identifier: AGPL-3.0-or-later
#include "postgres.hpp"

#include "postgres_values.hpp"

namespace soundhub::storage {
namespace {

using postgres::Answer;

constexpr std::size_t most_statements = 512;

}  // namespace

Result<std::unique_ptr<Connection>> PostgresConnection::open(const PostgresOptions& options) {
  SH_TRY(auto link, postgres::connect(options));
  return std::unique_ptr<Connection>{new PostgresConnection{std::move(link), options.hooks}};
}

// Nothing of a transaction whose COMMIT wasn't sent is kept: it may run again on another connection.
tl::unexpected<Error> PostgresConnection::failure(const PGresult* answer, std::string_view sql) {
  if (postgres::is_stale_plan(answer)) stale_ = true;
  if (postgres::ended_the_session(answer)) ended_ = true;
  if (!alive() || postgres::lost_the_race(answer) || stale_) interrupted_ = true;
  return tl::unexpected(postgres::error_of(link_.get(), answer, sql));
}

Result<std::vector<Oid>> PostgresConnection::types_of(const std::string& name, std::string_view sql) {
  const Answer described{PQdescribePrepared(link_.get(), name.c_str())};
  if (!postgres::succeeded(described.get())) return failure(described.get(), sql);
  std::vector<Oid> types;
  for (int i = 0; i < PQnparams(described.get()); ++i) types.push_back(PQparamtype(described.get(), i));
  return types;
}

Result<const PostgresConnection::Statement*> PostgresConnection::prepared(std::string_view sql) {
  if (const auto known = statements_.find(sql); known != statements_.end()) return &known->second;
  if (statements_.size() >= most_statements) SH_CHECK(forget_statements());
  const std::string text{sql}, name = "s" + std::to_string(statements_.size());
  const Answer made{PQprepare(link_.get(), name.c_str(), text.c_str(), 0, nullptr)};
  if (!postgres::succeeded(made.get())) return failure(made.get(), sql);
  SH_TRY(auto types, types_of(name, sql));
  tell_prepared(sql);
  return &statements_.emplace(text, Statement{name, std::move(types)}).first->second;
}

Result<void> PostgresConnection::forget_statements() {
  statements_.clear();
  stale_ = false;
  return run("DEALLOCATE ALL");
}

Result<Rows> PostgresConnection::run_query(std::string_view sql, std::span<const Value> args) {
  SH_TRY(const auto* statement, prepared(sql));
  if (args.size() != statement->types.size())
    return fail(Errc::internal, "storage.failed", "wrong number of arguments for: " + std::string{sql});
  SH_TRY(const auto given, postgres::Arguments::encode(args, statement->types));
  const Answer answer{PQexecPrepared(link_.get(), statement->name.c_str(), given.count(), given.values(),
                                     given.lengths(), given.formats(), 1)};
  if (!postgres::succeeded(answer.get())) return failure(answer.get(), sql);
  return postgres::decode(answer.get());
}

Result<void> PostgresConnection::run(const char* sql) {
  const Answer answer{PQexec(link_.get(), sql)};
  if (!postgres::succeeded(answer.get())) return failure(answer.get(), sql);
  return {};
}

Result<void> PostgresConnection::run_script(std::string_view sql) {
  return run(std::string{sql}.c_str());
}

Result<void> PostgresConnection::run_begin(bool write, Isolation isolation) {
  interrupted_ = false;
  if (stale_) SH_CHECK(forget_statements());
  if (!write) return run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  return run(isolation == Isolation::serial ? "BEGIN ISOLATION LEVEL SERIALIZABLE"
                                            : "BEGIN ISOLATION LEVEL READ COMMITTED");
}

// What the server has said already is read: a connection that is known to be dead hasn't committed anything, one that
// dies after COMMIT was sent may have.
void PostgresConnection::look_whether_it_died() {
  (void)(PQconsumeInput(link_.get()) && PQconsumeInput(link_.get()));
}

Result<void> PostgresConnection::run_commit() {
  look_whether_it_died();
  if (!alive()) return failure(nullptr, "COMMIT");
  const Answer answer{PQexec(link_.get(), "COMMIT")};
  if (!postgres::succeeded(answer.get())) {
    auto failed = failure(answer.get(), "COMMIT");
    if (alive()) return failed;
    interrupted_ = false;
    return fail(Errc::unavailable, "storage.unknown_outcome", failed.value().detail);
  }
  if (std::string_view{PQcmdStatus(answer.get())} != "COMMIT")
    return fail(Errc::internal, "storage.failed", "COMMIT of a transaction that had failed");
  return {};
}

void PostgresConnection::rollback() noexcept {
  if (!alive() || PQtransactionStatus(link_.get()) == PQTRANS_IDLE) return;
  const Answer answer{PQexec(link_.get(), "ROLLBACK")};
}

}  // namespace soundhub::storage
