// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <libpq-fe.h>

#include <memory>
#include <string>
#include <string_view>

#include "soundhub/storage/database.hpp"

/// What a connection of libpq needs before it can be used, and what its answers mean.
namespace soundhub::storage::postgres {

struct Finish {
  void operator()(PGconn* p) const { PQfinish(p); }
};
struct Clear {
  void operator()(PGresult* p) const { PQclear(p); }
};
using Link = std::unique_ptr<PGconn, Finish>;
using Answer = std::unique_ptr<PGresult, Clear>;

/// A UTF-8 session with the deadlines set; unavailable "storage.unreachable".
Result<Link> connect(const PostgresOptions& options);

/// What went wrong, by SQLSTATE; what has none is said by libpq itself, of a connection that doesn't work.
Error error_of(const PGconn* link, const PGresult* answer, std::string_view sql);
/// The server ended the session or can't be heard any more. libpq doesn't always say so by PQstatus at once.
bool ended_the_session(const PGresult* answer);
/// 40001 and 40P01: the transaction lost against another one.
bool lost_the_race(const PGresult* answer);
/// A prepared statement outlived a migration.
bool is_stale_plan(const PGresult* answer);
bool succeeded(const PGresult* answer);

}  // namespace soundhub::storage::postgres
