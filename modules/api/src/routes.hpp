// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <functional>
#include <optional>
#include <vector>

#include "answers.hpp"
#include "fields.hpp"
#include "soundhub/api/api.hpp"
#include "soundhub/base/text.hpp"

// One row a route: access, cost, handler. Features add their rows in their own file; api.cpp turns rows into routes.
namespace soundhub::api {

/// Who asks. `account` is there on every route whose access asks for it.
struct Caller {
  std::optional<services::Accounts::Caller> known;
  services::Viewer viewer() const { return known ? std::optional{known->account.id} : std::nullopt; }
  UserId user() const { return known->account.id; }
};

using Handle = std::function<http::Response(http::Request&, const Caller&)>;

struct Row {
  http::Method method{};
  std::string pattern;
  Access access{};
  Handle handle;
  http::Limits limits{};
};
using Rows = std::vector<Row>;

class EventHub;

void add_accounts(Rows& rows, Services& services);
void add_uploads(Rows& rows, Services& services);
void add_songs(Rows& rows, Services& services);
void add_parts(Rows& rows, Services& services);
void add_takes(Rows& rows, Services& services);
void add_mixes(Rows& rows, Services& services);
void add_releases(Rows& rows, Services& services);
void add_events(Rows& rows, Services& services, EventHub& hub);
void add_mail(Rows& rows, Services& services);
void add_health(Rows& rows, std::function<Result<void>()> ready);

/// {name} of the path as an id; not_found "not_found" if it isn't a number.
template <class Id>
Result<Id> path_id(const http::Request& request, std::string_view name) {
  const auto found = request.params.find(name);
  const auto number = found == request.params.end() ? std::nullopt : parse_integer(found->second);
  if (!number || *number <= 0) return fail(Errc::not_found, "not_found");
  return Id{*number};
}
Result<std::int64_t> path_number(const http::Request& request, std::string_view name);

/// after and limit of a list.
struct PageQuery {
  std::optional<std::int64_t> after;
  int limit{20};
};
Result<PageQuery> page_query(const http::Request& request);

/// Runs `work` with the id of the path, answering its error.
template <class Id, class Work>
http::Response with_id(const http::Request& request, std::string_view name, Work work) {
  const auto id = path_id<Id>(request, name);
  return id ? work(*id) : answer(id.error());
}

/// Reads the body as one struct: `parse` takes from the fields, `work` gets the struct if nothing was wrong.
template <class Parse, class Work>
http::Response with_body(http::Request& request, Parse parse, Work work) {
  auto fields = Fields::read(request);
  if (!fields) return answer(fields.error());
  auto wanted = parse(*fields);
  if (auto problem = fields->problem()) return std::move(*problem);
  return work(std::move(wanted));
}

}  // namespace soundhub::api
