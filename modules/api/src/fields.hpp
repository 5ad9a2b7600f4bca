// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <boost/json/object.hpp>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "soundhub/http/message.hpp"

namespace soundhub::api {

/// A JSON request body, read into one struct whole: every field that is wrong is noted, and the answer names them all.
class Fields {
 public:
  /// The body as an object; invalid "json_invalid" (at most 32 levels deep, valid UTF-8, no trailing bytes).
  static Result<Fields> read(http::Request& request);
  explicit Fields(boost::json::object object) : object_{std::move(object)} {}

  std::string text(std::string_view name, std::string_view missing_key = "field_missing");
  std::optional<std::string> optional_text(std::string_view name);
  std::optional<double> optional_number(std::string_view name);
  double number(std::string_view name);
  std::optional<std::int64_t> optional_integer(std::string_view name);
  std::int64_t integer(std::string_view name);
  bool flag(std::string_view name, bool otherwise);
  bool is_null(std::string_view name) const;
  bool has(std::string_view name) const;
  Fields object(std::string_view name);
  std::vector<Fields> objects(std::string_view name);

  /// A text that a domain function has to accept: parse_instrument and its like.
  template <class T>
  T parsed(std::string_view name, Result<T> (*parse)(std::string_view)) {
    return checked(name, parse(text(name)), T{});
  }
  template <class T>
  std::optional<T> optional_parsed(std::string_view name, Result<T> (*parse)(std::string_view)) {
    const auto given = optional_text(name);
    if (!given) return std::nullopt;
    return checked(name, parse(*given), T{});
  }

  /// Takes over what was wrong inside a nested object.
  void merge(std::string_view name, const Fields& nested);
  const std::map<std::string, std::string>& wrong() const { return wrong_; }
  /// 422 naming every wrong field, if any.
  std::optional<http::Response> problem() const;

 private:
  template <class T>
  T checked(std::string_view name, Result<T> result, T otherwise) {
    if (result) return *std::move(result);
    wrong_.emplace(name, result.error().key);
    return otherwise;
  }
  const boost::json::value* find(std::string_view name) const;
  void note(std::string_view name, std::string_view key) { wrong_.emplace(name, key); }

  boost::json::object object_;
  std::map<std::string, std::string> wrong_;
};

}  // namespace soundhub::api
