// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "soundhub/base/bytes.hpp"
#include "soundhub/base/clock.hpp"
#include "soundhub/base/id.hpp"

namespace soundhub::storage {

/// What goes into a statement and comes out of a column. Times are milliseconds, booleans 0 and 1.
class Value {
 public:
  using Held = std::variant<std::nullptr_t, std::int64_t, double, std::string, Bytes>;

  Value(std::nullptr_t = nullptr) : held_{nullptr} {}
  Value(std::int64_t v) : held_{v} {}
  Value(int v) : held_{std::int64_t{v}} {}
  Value(bool v) : held_{std::int64_t{v}} {}
  Value(double v) : held_{v} {}
  Value(std::string v) : held_{std::move(v)} {}
  Value(std::string_view v) : held_{std::string{v}} {}
  Value(const char* v) : held_{std::string{v}} {}
  Value(Bytes v) : held_{std::move(v)} {}
  Value(Time t) : held_{to_millis(t)} {}
  template <class Tag>
  Value(Id<Tag> id) : held_{id.value} {}
  template <class T>
  Value(const std::optional<T>& v) : Value{v ? Value{*v} : Value{nullptr}} {}

  const Held& held() const { return held_; }
  bool is_null() const { return std::holds_alternative<std::nullptr_t>(held_); }

 private:
  Held held_;
};

/// One row of an answer; a view into its Rows. Asking for another type than the column has throws
/// std::bad_variant_access: that is a bug in the statement, and the transaction rolls back.
class Row {
 public:
  explicit Row(std::span<const Value> values) : values_{values} {}

  const Value& value(std::size_t i) const { return values_[i]; }
  bool is_null(std::size_t i) const { return values_[i].is_null(); }
  std::int64_t integer(std::size_t i) const { return std::get<std::int64_t>(values_[i].held()); }
  int small(std::size_t i) const { return static_cast<int>(integer(i)); }
  bool boolean(std::size_t i) const { return integer(i) != 0; }
  /// Whole numbers stored in a column of real ones come back as integers.
  double real(std::size_t i) const {
    const auto* whole = std::get_if<std::int64_t>(&values_[i].held());
    return whole ? static_cast<double>(*whole) : std::get<double>(values_[i].held());
  }
  const std::string& text(std::size_t i) const { return std::get<std::string>(values_[i].held()); }
  const Bytes& bytes(std::size_t i) const { return std::get<Bytes>(values_[i].held()); }
  Time time(std::size_t i) const { return from_millis(integer(i)); }
  template <class SomeId>
  SomeId id(std::size_t i) const {
    return SomeId{integer(i)};
  }

  std::optional<std::int64_t> optional_integer(std::size_t i) const { return maybe(i, &Row::integer); }
  std::optional<int> optional_small(std::size_t i) const { return maybe(i, &Row::small); }
  std::optional<double> optional_real(std::size_t i) const { return maybe(i, &Row::real); }
  std::optional<std::string> optional_text(std::size_t i) const { return maybe(i, &Row::text); }
  std::optional<Time> optional_time(std::size_t i) const { return maybe(i, &Row::time); }
  template <class SomeId>
  std::optional<SomeId> optional_id(std::size_t i) const {
    return maybe(i, &Row::id<SomeId>);
  }

 private:
  template <class T>
  std::optional<std::decay_t<T>> maybe(std::size_t i, T (Row::*get)(std::size_t) const) const {
    if (is_null(i)) return std::nullopt;
    return (this->*get)(i);
  }

  std::span<const Value> values_;
};

/// An answer, held whole: pages are bounded by their LIMIT.
class Rows {
 public:
  Rows() = default;
  explicit Rows(std::size_t columns) : columns_{columns} {}

  std::size_t size() const { return columns_ == 0 ? 0 : values_.size() / columns_; }
  bool empty() const { return values_.empty(); }
  Row operator[](std::size_t i) const { return Row{std::span{values_}.subspan(i * columns_, columns_)}; }
  Row front() const { return (*this)[0]; }
  /// Rows that an INSERT, UPDATE or DELETE touched.
  std::int64_t affected() const { return affected_; }

  void push(Value value) { values_.push_back(std::move(value)); }
  void set_affected(std::int64_t count) { affected_ = count; }

  /// Each row through `convert`.
  template <class Convert>
  auto map(Convert convert) const {
    std::vector<decltype(convert(front()))> out;
    out.reserve(size());
    for (std::size_t i = 0; i < size(); ++i) out.push_back(convert((*this)[i]));
    return out;
  }

 private:
  std::size_t columns_{0};
  std::int64_t affected_{0};
  std::vector<Value> values_;
};

}  // namespace soundhub::storage
