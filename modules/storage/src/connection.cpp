// SPDX-License-Identifier: AGPL-3.0-or-later
#include "connection.hpp"

#include <algorithm>

#include "soundhub/base/text.hpp"

namespace soundhub::storage {
namespace {

// SQLite would keep such texts and PostgreSQL refuses them; neither may depend on which it is.
bool is_storable(const Value& value) {
  const auto* text = std::get_if<std::string>(&value.held());
  return !text || (text->find('\0') == std::string::npos && is_utf8(*text));
}

}  // namespace

template <class Step>
auto Connection::timed(Operation operation, Step step) {
  if (!hooks_.on_timing) return step();
  const auto begun = std::chrono::steady_clock::now();
  auto result = step();
  hooks_.on_timing(operation, std::chrono::steady_clock::now() - begun);
  return result;
}

template <class T>
Result<T> Connection::remembered(Result<T> result) {
  if (!result && !failed_) failed_ = result.error();
  return result;
}

Result<Rows> Connection::query(std::string_view sql, std::span<const Value> args) {
  if (!std::ranges::all_of(args, is_storable))
    return remembered<Rows>(fail(Errc::invalid, "storage.text", "in: " + std::string{sql}));
  return remembered(timed(Operation::statement, [&] { return run_query(sql, args); }));
}

Result<void> Connection::script(std::string_view sql) {
  return remembered(run_script(sql));
}

Result<void> Connection::begin(bool write, Isolation isolation) {
  failed_.reset();
  return timed(Operation::begin, [&] { return run_begin(write, isolation); });
}

Result<void> Connection::commit() {
  if (failed_) return tl::unexpected(*failed_);
  return timed(Operation::commit, [&] { return run_commit(); });
}

}  // namespace soundhub::storage
