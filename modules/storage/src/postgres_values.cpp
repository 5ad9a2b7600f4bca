// SPDX-License-Identifier: AGPL-3.0-or-later
#include "postgres_values.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstring>
#include <limits>
#include <string_view>

namespace soundhub::storage::postgres {
namespace {

// From the server's catalog pg_type; these never change.
enum Type : Oid {
  boolean = 16,
  bytea = 17,
  name = 19,
  int8 = 20,
  int2 = 21,
  int4 = 23,
  text = 25,
  oid = 26,
  float4 = 700,
  float8 = 701,
  unknown = 705,
  bpchar = 1042,
  varchar = 1043,
  none = 2278  // what pg_notify() returns
};

std::uint64_t big_endian(const char* bytes, int count) {
  std::uint64_t out = 0;
  for (int i = 0; i < count; ++i) out = out << 8 | static_cast<unsigned char>(bytes[i]);
  return out;
}

bool has_value_type(Oid type) {
  constexpr std::array known{boolean, int2,    int4,   int8, oid,   float8,  float4,
                             text,    varchar, bpchar, name, bytea, unknown, none};
  return std::ranges::find(known, type) != known.end();
}

Value column(const PGresult* answer, int row, int at) {
  if (PQgetisnull(answer, row, at)) return nullptr;
  const char* const data = PQgetvalue(answer, row, at);
  const int size = PQgetlength(answer, row, at);
  switch (PQftype(answer, at)) {
    case boolean:
    case int2:
      return std::int64_t{static_cast<std::int16_t>(big_endian(data, size))};
    case int4:
      return std::int64_t{static_cast<std::int32_t>(big_endian(data, size))};
    case int8:
    case oid:
      return static_cast<std::int64_t>(big_endian(data, size));
    case float8:
      return std::bit_cast<double>(big_endian(data, size));
    case float4:
      return double{std::bit_cast<float>(static_cast<std::uint32_t>(big_endian(data, size)))};
    case bytea: {
      const auto* bytes = reinterpret_cast<const std::byte*>(data);
      return Bytes(bytes, bytes + size);
    }
    case none:
      return nullptr;
    default:
      return std::string{data, static_cast<std::size_t>(size)};
  }
}

std::int64_t affected(const PGresult* answer) {
  const std::string_view count = PQcmdTuples(const_cast<PGresult*>(answer));
  std::int64_t out = 0;
  std::from_chars(count.data(), count.data() + count.size(), out);
  return out;
}

template <class Narrow>
bool fits(std::int64_t v) {
  return v >= std::numeric_limits<Narrow>::min() && v <= std::numeric_limits<Narrow>::max();
}

}  // namespace

Result<Arguments> Arguments::encode(std::span<const Value> args, std::span<const Oid> types) {
  Arguments out{args.size()};
  for (std::size_t i = 0; i < args.size(); ++i)
    if (!out.put(i, args[i], types[i]))
      return fail(Errc::internal, "storage.failed",
                  "argument " + std::to_string(i + 1) + " isn't of the type " + std::to_string(types[i]));
  return out;
}

bool Arguments::put(std::size_t i, const Value& value, Oid type) {
  if (value.is_null()) return true;
  if (const auto* v = std::get_if<std::int64_t>(&value.held())) return put_integer(i, *v, type);
  if (const auto* v = std::get_if<std::string>(&value.held())) return put_text(i, *v, type);
  if (const auto* v = std::get_if<double>(&value.held()))
    return type == float8 && (put_number(i, std::bit_cast<std::uint64_t>(*v), 8), true);
  const auto& bytes = std::get<Bytes>(value.held());
  values_[i] = bytes.empty() ? "" : reinterpret_cast<const char*>(bytes.data());
  lengths_[i] = static_cast<int>(bytes.size());
  return type == bytea;
}

bool Arguments::put_text(std::size_t i, const std::string& value, Oid type) {
  values_[i] = value.c_str();
  lengths_[i] = static_cast<int>(value.size());
  return type == text || type == varchar || type == bpchar || type == name || type == unknown;
}

bool Arguments::put_integer(std::size_t i, std::int64_t v, Oid type) {
  switch (type) {
    case int8:
      return put_number(i, static_cast<std::uint64_t>(v), 8), true;
    case int4:
      return put_number(i, static_cast<std::uint64_t>(v), 4), fits<std::int32_t>(v);
    case int2:
      return put_number(i, static_cast<std::uint64_t>(v), 2), fits<std::int16_t>(v);
    case boolean:
      return put_number(i, v != 0, 1), true;
    case float8:
      return put_number(i, std::bit_cast<std::uint64_t>(static_cast<double>(v)), 8), true;
    default:
      return false;
  }
}

void Arguments::put_number(std::size_t i, std::uint64_t bits, int bytes) {
  auto& place = numbers_[i];
  for (int b = bytes - 1; b >= 0; --b, bits >>= 8) place[static_cast<std::size_t>(b)] = static_cast<char>(bits & 0xff);
  values_[i] = place.data();
  lengths_[i] = bytes;
}

Result<Rows> decode(const PGresult* answer) {
  const int columns = PQnfields(answer);
  Rows rows{static_cast<std::size_t>(columns)};
  for (int i = 0; i < columns; ++i)
    if (!has_value_type(PQftype(answer, i)))
      return fail(Errc::internal, "storage.failed",
                  std::string{"no type for column "} + PQfname(answer, i) + ", cast it");
  for (int row = 0; row < PQntuples(answer); ++row)
    for (int i = 0; i < columns; ++i) rows.push(column(answer, row, i));
  rows.set_affected(affected(answer));
  return rows;
}

}  // namespace soundhub::storage::postgres
