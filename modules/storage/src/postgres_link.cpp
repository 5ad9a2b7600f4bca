// SPDX-License-Identifier: AGPL-3.0-or-later
#include "postgres_link.hpp"

#include <array>
#include <fstream>

namespace soundhub::storage::postgres {
namespace {

std::string_view field(const PGresult* answer, int code) {
  const char* text = answer ? PQresultErrorField(answer, code) : nullptr;
  return text ? std::string_view{text} : std::string_view{};
}

// "Key (email, kind)=(…) already exists.", in any language: "users.email, users.kind".
std::string columns_of(const PGresult* answer) {
  const std::string table{field(answer, PG_DIAG_TABLE_NAME)};
  const auto detail = field(answer, PG_DIAG_MESSAGE_DETAIL);
  const auto open = detail.find('('), close = detail.find(")=");
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) return table;
  std::string out;
  for (auto names = detail.substr(open + 1, close - open - 1); !names.empty();) {
    const auto end = std::min(names.find(", "), names.size());
    out.append(out.empty() ? "" : ", ").append(table).append(".").append(names.substr(0, end));
    names.remove_prefix(std::min(end + 2, names.size()));
  }
  return out;
}

struct Meaning {
  std::string_view state;  // or how it begins
  Errc code;
  std::string_view key;
};
constexpr std::array meanings{
    Meaning{"23505", Errc::conflict, "storage.unique"},
    Meaning{"23503", Errc::conflict, "storage.reference"},
    Meaning{"22021", Errc::invalid, "storage.text"},
    Meaning{"40", Errc::unavailable, "storage.busy"},
    Meaning{"55P03", Errc::unavailable, "storage.busy"},
    Meaning{"57014", Errc::unavailable, "storage.busy"},
    Meaning{"53100", Errc::unavailable, "storage.full"},
    Meaning{"53", Errc::unavailable, "storage.busy"},
    Meaning{"57P", Errc::unavailable, "storage.unreachable"},
    Meaning{"08", Errc::unavailable, "storage.unreachable"},
    Meaning{"25P03", Errc::unavailable, "storage.unreachable"},
};

Meaning meaning_of(std::string_view state) {
  if (state.empty()) return {{}, Errc::unavailable, "storage.unreachable"};
  for (const auto& meaning : meanings)
    if (state.starts_with(meaning.state)) return meaning;
  return {{}, Errc::internal, "storage.failed"};
}

Result<std::string> password(const std::string& file) {
  std::string line;
  if (file.empty()) return line;
  std::ifstream in{file};
  if (!std::getline(in, line)) return fail(Errc::internal, "storage.failed", "can't read the password in " + file);
  if (line.ends_with('\r')) line.pop_back();
  return line;
}

std::string text_of(std::chrono::milliseconds time) {
  return std::to_string(time.count());
}

// SET and not the parameter `options`: a pooler between us and the server wouldn't take that. No sequential scans:
// every statement has an index (a test sees to it), and a scan of a small table would make each pair of
// serializable transactions on it look like a conflict. No merge joins: a list ends after a page, they read both sides
// from one end until it is found. Random pages cost what they do on solid state: by the default of 4, the songs of an
// owner who has many are looked for in the list of all songs. And the server is to notice within a minute that a host
// is gone: it would keep the connections of one whose cable was pulled for two hours.
std::string settings(const PostgresOptions& options) {
  return "SET statement_timeout = " + text_of(options.statement_timeout) +
         "; SET lock_timeout = " + text_of(options.lock_timeout) +
         "; SET idle_in_transaction_session_timeout = " + text_of(options.idle_timeout) +
         "; SET tcp_keepalives_idle = 30; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3"
         "; SET enable_seqscan = off; SET enable_mergejoin = off; SET random_page_cost = 1.1";
}

Result<Link> open(const PostgresOptions& options) {
  SH_TRY(const auto secret, password(options.password_file));
  const auto connect_timeout = std::to_string(options.connect_timeout.count());
  const auto silence = text_of(options.silence_timeout);
  // Before dbname: what the URL says counts. Behind it: what we say counts.
  const std::array keys{"keepalives_idle",  "keepalives_interval",
                        "keepalives_count", "tcp_user_timeout",
                        "connect_timeout",  "application_name",
                        "dbname",           "client_encoding",
                        "password",         static_cast<const char*>(nullptr)};
  const std::array values{"10",
                          "5",
                          "3",
                          silence.c_str(),
                          connect_timeout.c_str(),
                          "soundhub",
                          options.url.c_str(),
                          "UTF8",
                          secret.empty() ? nullptr : secret.c_str(),
                          static_cast<const char*>(nullptr)};
  Link link{PQconnectdbParams(keys.data(), values.data(), 1)};
  if (!link || PQstatus(link.get()) != CONNECTION_OK)
    return fail(Errc::unavailable, "storage.unreachable", link ? PQerrorMessage(link.get()) : "out of memory");
  return link;
}

}  // namespace

bool succeeded(const PGresult* answer) {
  const auto status = PQresultStatus(answer);
  return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

bool lost_the_race(const PGresult* answer) {
  const auto state = field(answer, PG_DIAG_SQLSTATE);
  return state == "40001" || state == "40P01";
}

bool ended_the_session(const PGresult* answer) {
  return meaning_of(field(answer, PG_DIAG_SQLSTATE)).key == "storage.unreachable";
}

bool is_stale_plan(const PGresult* answer) {
  return field(answer, PG_DIAG_SQLSTATE) == "0A000" &&
         field(answer, PG_DIAG_SOURCE_FUNCTION) == "RevalidateCachedQuery";
}

Error error_of(const PGconn* link, const PGresult* answer, std::string_view sql) {
  const auto state = field(answer, PG_DIAG_SQLSTATE);
  const auto meaning = meaning_of(state);
  std::string detail{field(answer, PG_DIAG_MESSAGE_PRIMARY)};
  if (detail.empty()) detail = PQerrorMessage(link);
  if (state == "23505") detail = columns_of(answer) + ": " + detail;
  return {meaning.code, std::string{meaning.key}, detail.append(" (").append(state).append(") in: ").append(sql)};
}

Result<Link> connect(const PostgresOptions& options) {
  SH_TRY(auto link, open(options));
  PQsetNoticeReceiver(
      link.get(), [](void*, const PGresult*) {}, nullptr);
  const char* encoding = PQparameterStatus(link.get(), "server_encoding");
  if (!encoding || std::string_view{encoding} != "UTF8")
    return fail(Errc::internal, "storage.failed", "the database must be made with ENCODING 'UTF8'");
  const auto sql = settings(options);
  const Answer set{PQexec(link.get(), sql.c_str())};
  if (!succeeded(set.get())) return tl::unexpected(error_of(link.get(), set.get(), sql));
  return link;
}

}  // namespace soundhub::storage::postgres
