// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "connection.hpp"

namespace soundhub::storage {

/// SQL text and its arguments, grown side by side, so that neither can be added alone. It writes $1, $2 … itself.
///   Sql{"SELECT id FROM song"}.where(filter.owner, "owner = ").add(" ORDER BY id LIMIT ", filter.limit).run(tx)
class Sql {
 public:
  explicit Sql(std::string_view text) : text_{text} {}

  Sql& add(std::string_view text) {
    text_ += text;
    return *this;
  }
  Sql& add(std::string_view text, Value value) {
    args_.push_back(std::move(value));
    text_.append(text).append("$").append(std::to_string(args_.size()));
    return *this;
  }
  /// " WHERE " the first time and " AND " after it, then the condition.
  Sql& where(std::string_view condition) { return add(joint()).add(condition); }
  Sql& where(std::string_view condition, Value value) { return add(joint()).add(condition, std::move(value)); }
  /// Unset: no restriction.
  template <class T>
  Sql& where(const std::optional<T>& wanted, std::string_view condition) {
    return wanted ? where(condition, Value{*wanted}) : *this;
  }

  Result<Rows> run(ReadTx& tx) const { return tx.connection().query(text_, args_); }
  const std::string& text() const { return text_; }

 private:
  std::string_view joint() { return std::exchange(joined_, true) ? " AND " : " WHERE "; }

  std::string text_;
  std::vector<Value> args_;
  bool joined_{false};
};

inline Result<Rows> query(ReadTx& tx, std::string_view sql, std::initializer_list<Value> args = {}) {
  return tx.connection().query(sql, args);
}

/// A statement that changes rows: how many it touched.
inline Result<std::int64_t> execute(WriteTx& tx, std::string_view sql, std::initializer_list<Value> args = {}) {
  return tx.connection().query(sql, args).map([](const Rows& rows) { return rows.affected(); });
}

/// INSERT … RETURNING id
template <class SomeId>
Result<SomeId> insert_id(WriteTx& tx, std::string_view sql, std::initializer_list<Value> args) {
  return tx.connection().query(sql, args).map([](const Rows& rows) { return rows.front().template id<SomeId>(0); });
}

}  // namespace soundhub::storage
