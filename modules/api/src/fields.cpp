// SPDX-License-Identifier: AGPL-3.0-or-later
#include "fields.hpp"

#include <boost/json/parse.hpp>
#include <cmath>

namespace soundhub::api {
namespace {

constexpr std::size_t body_limit = 256 * 1024;

std::optional<double> as_number(const boost::json::value& value) {
  double number = 0;
  if (const auto* real = value.if_double())
    number = *real;
  else if (const auto* whole = value.if_int64())
    number = static_cast<double>(*whole);
  else if (const auto* big = value.if_uint64())
    number = static_cast<double>(*big);
  else
    return std::nullopt;
  return std::isfinite(number) ? std::optional{number} : std::nullopt;  // the parser lets 1e999 through as infinity
}

}  // namespace

Result<Fields> Fields::read(http::Request& request) {
  SH_TRY(const auto body, http::read_body(*request.body, body_limit));
  boost::json::error_code error;
  boost::json::parse_options options;
  options.max_depth = 32;
  auto value = boost::json::parse(body, error, {}, options);
  if (error || !value.is_object()) return fail(Errc::invalid, "json_invalid", error.message());
  return Fields{std::move(value.as_object())};
}

const boost::json::value* Fields::find(std::string_view name) const {
  const auto* value = object_.if_contains(name);
  return value != nullptr && !value->is_null() ? value : nullptr;
}

bool Fields::is_null(std::string_view name) const {
  const auto* value = object_.if_contains(name);
  return value != nullptr && value->is_null();
}

bool Fields::has(std::string_view name) const {
  return find(name) != nullptr;
}

std::optional<std::string> Fields::optional_text(std::string_view name) {
  const auto* value = find(name);
  if (value == nullptr) return std::nullopt;
  if (const auto* text = value->if_string()) return std::string{text->data(), text->size()};
  note(name, "field_not_text");
  return std::nullopt;
}

std::string Fields::text(std::string_view name, std::string_view missing_key) {
  auto given = optional_text(name);
  if (!given) note(name, missing_key);
  return given.value_or("");
}

std::optional<double> Fields::optional_number(std::string_view name) {
  const auto* value = find(name);
  if (value == nullptr) return std::nullopt;
  const auto number = as_number(*value);
  if (!number) note(name, "field_not_number");
  return number;
}

double Fields::number(std::string_view name) {
  if (!has(name)) note(name, "field_missing");
  return optional_number(name).value_or(0);
}

std::optional<std::int64_t> Fields::optional_integer(std::string_view name) {
  const auto number = optional_number(name);
  if (!number) return std::nullopt;
  // 2^53: what every JSON reader agrees on.
  if (std::trunc(*number) == *number && std::abs(*number) <= 9007199254740992.0)
    return static_cast<std::int64_t>(*number);
  note(name, "field_not_integer");
  return std::nullopt;
}

std::int64_t Fields::integer(std::string_view name) {
  if (!has(name)) note(name, "field_missing");
  return optional_integer(name).value_or(0);
}

bool Fields::flag(std::string_view name, bool otherwise) {
  const auto* value = find(name);
  if (value == nullptr) return otherwise;
  if (const auto* flag = value->if_bool()) return *flag;
  note(name, "field_not_flag");
  return otherwise;
}

Fields Fields::object(std::string_view name) {
  const auto* value = find(name);
  if (value != nullptr && value->is_object()) return Fields{value->as_object()};
  note(name, value == nullptr ? "field_missing" : "field_not_object");
  return Fields{boost::json::object{}};
}

std::vector<Fields> Fields::objects(std::string_view name) {
  std::vector<Fields> out;
  const auto* value = find(name);
  if (value == nullptr) return out;
  if (!value->is_array()) {
    note(name, "field_not_list");
    return out;
  }
  for (const auto& item : value->as_array()) {
    if (!item.is_object()) {
      note(name, "field_not_object");
      return {};
    }
    out.emplace_back(item.as_object());
  }
  return out;
}

void Fields::merge(std::string_view name, const Fields& nested) {
  for (const auto& [field, key] : nested.wrong_) wrong_.emplace(std::string{name} + "." + field, key);
}

std::optional<http::Response> Fields::problem() const {
  if (wrong_.empty()) return std::nullopt;
  return http::problem(422, wrong_.begin()->second, wrong_);
}

}  // namespace soundhub::api
