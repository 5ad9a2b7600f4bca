// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <libpq-fe.h>

#include <array>
#include <span>
#include <string>
#include <vector>

#include "soundhub/base/error.hpp"
#include "value.hpp"

/// Values to and from PostgreSQL's binary format (https://www.postgresql.org/docs/15/protocol-overview.html):
/// numbers big-endian, texts and bytes as they are.
namespace soundhub::storage::postgres {

/// The arguments of one call, of the types that the server wants. Points into `args`, which must outlive it.
class Arguments {
 public:
  static Result<Arguments> encode(std::span<const Value> args, std::span<const Oid> types);
  int count() const { return static_cast<int>(values_.size()); }
  const char* const* values() const { return values_.data(); }
  const int* lengths() const { return lengths_.data(); }
  const int* formats() const { return formats_.data(); }

 private:
  explicit Arguments(std::size_t count) : values_(count), lengths_(count), formats_(count, 1), numbers_(count) {}
  bool put(std::size_t i, const Value& value, Oid type);
  bool put_text(std::size_t i, const std::string& text, Oid type);
  bool put_integer(std::size_t i, std::int64_t v, Oid type);
  void put_number(std::size_t i, std::uint64_t bits, int bytes);

  std::vector<const char*> values_;
  std::vector<int> lengths_, formats_;
  std::vector<std::array<char, 8>> numbers_;
};

/// All rows of an answer in binary format.
Result<Rows> decode(const PGresult* answer);

}  // namespace soundhub::storage::postgres
