// SPDX-License-Identifier: AGPL-3.0-or-later
#include "table_rows.hpp"

#include <algorithm>
#include <bit>

namespace soundhub::storage::table_rows {
namespace {

constexpr int digested_at_once = 5000;

std::size_t place_of(const Table& table, const std::string& column) {
  const auto found = std::ranges::find(table.columns, column, &Table::Column::name);
  return static_cast<std::size_t>(found - table.columns.begin());
}

std::string listed(const std::vector<std::string>& words, std::string_view after = "") {
  std::string out;
  for (const auto& word : words) out.append(out.empty() ? "" : ", ").append(word).append(after);
  return out;
}

std::string columns_of(const Table& table) {
  std::vector<std::string> names;
  for (const auto& column : table.columns) names.push_back(column.name);
  return listed(names);
}

// Bytes and not letters, as SQLite does.
std::vector<std::string> ordered_key(ReadTx& tx, const Table& table) {
  auto key = table.key;
  if (tx.connection().dialect() == Dialect::postgres)
    for (auto& name : key)
      if (table.columns[place_of(table, name)].is_text) name += " COLLATE \"C\"";
  return key;
}

// The bytes of a value that don't depend on who stored it.
void add(Sha256& hash, const Value& value, bool is_real) {
  const auto number = [&](char kind, std::uint64_t bits) {
    Bytes bytes{std::byte(kind)};
    for (int shift = 0; shift < 64; shift += 8) bytes.push_back(std::byte(bits >> shift & 0xff));
    hash.update(bytes);
  };
  if (const auto* whole = std::get_if<std::int64_t>(&value.held()); whole && !is_real)
    return number('i', static_cast<std::uint64_t>(*whole));
  if (const auto* whole = std::get_if<std::int64_t>(&value.held()))
    return number('d', std::bit_cast<std::uint64_t>(static_cast<double>(*whole)));
  if (const auto* real = std::get_if<double>(&value.held()))
    return number('d', std::bit_cast<std::uint64_t>(*real + 0.0));  // SQLite has no -0.0
  if (const auto* text = std::get_if<std::string>(&value.held())) {
    number('t', text->size());
    return hash.update(as_bytes(*text));
  }
  if (const auto* bytes = std::get_if<Bytes>(&value.held())) {
    number('b', bytes->size());
    return hash.update(*bytes);
  }
  number('n', 0);
}

}  // namespace

Result<Rows> after(ReadTx& tx, const Table& table, const Key& after, int limit) {
  const auto key = listed(ordered_key(tx, table));
  Sql sql{"SELECT"};
  sql.add(" " + columns_of(table) + " FROM " + table.name);
  if (!after.empty()) {
    sql.add(" WHERE (" + key + ") > ");
    for (std::size_t i = 0; i < after.size(); ++i) sql.add(i == 0 ? "(" : ", ", after[i]);
    sql.add(")");
  }
  return sql.add(" ORDER BY").add(" " + key).add(" LIMIT ", limit).run(tx);
}

Key key_of(const Table& table, const Row& row) {
  Key key;
  for (const auto& name : table.key) key.push_back(row.value(place_of(table, name)));
  return key;
}

Result<Key> last_key(ReadTx& tx, const Table& table) {
  Sql sql{"SELECT"};
  sql.add(" " + listed(table.key) + " FROM " + table.name).add(" ORDER BY");
  sql.add(" " + listed(ordered_key(tx, table), " DESC")).add(" LIMIT ", 1);
  SH_TRY(const auto rows, sql.run(tx));
  Key key;
  for (std::size_t i = 0; !rows.empty() && i < table.key.size(); ++i) key.push_back(rows.front().value(i));
  return key;
}

Result<void> insert(WriteTx& tx, const Table& table, const Rows& rows) {
  Sql sql{"INSERT INTO"};
  sql.add(" " + table.name + "(" + columns_of(table) + ") VALUES ");
  for (std::size_t row = 0; row < rows.size(); ++row) {
    for (std::size_t i = 0; i < table.columns.size(); ++i)
      sql.add(i > 0 ? ", " : row > 0 ? "), (" : "(", rows[row].value(i));
  }
  SH_CHECK(sql.add(")").run(tx));
  return {};
}

Result<std::int64_t> count(ReadTx& tx, const Table& table) {
  SH_TRY(const auto rows, Sql{"SELECT"}.add(" count(*) FROM " + table.name).run(tx));
  return rows.front().integer(0);
}

Result<Digest> digest(ReadTx& tx, const Table& table) {
  Digest out;
  Sha256 hash;
  for (Key key;;) {
    SH_TRY(const auto rows, after(tx, table, key, digested_at_once));
    if (rows.empty()) break;
    for (std::size_t row = 0; row < rows.size(); ++row)
      for (std::size_t i = 0; i < table.columns.size(); ++i) add(hash, rows[row].value(i), table.columns[i].is_real);
    out.rows += static_cast<std::int64_t>(rows.size());
    key = key_of(table, rows[rows.size() - 1]);
  }
  out.sha256 = to_hex(hash.finish());
  return out;
}

Result<std::int64_t> counter(ReadTx& tx, const Table& table) {
  const bool sqlite = tx.connection().dialect() == Dialect::sqlite;
  SH_TRY(
      const auto rows,
      query(tx,
            sqlite ? "SELECT seq FROM sqlite_sequence WHERE name = $1"
                   : "SELECT coalesce(pg_sequence_last_value(CAST(pg_get_serial_sequence($1, 'id') AS regclass)), 0)",
            {table.name}));
  return rows.empty() ? 0 : rows.front().integer(0);
}

Result<void> set_counter(WriteTx& tx, const Table& table, std::int64_t value) {
  if (value == 0) return {};
  if (tx.connection().dialect() == Dialect::postgres) {
    SH_CHECK(query(tx, "SELECT setval(pg_get_serial_sequence($1, 'id'), $2)", {table.name, value}));
    return {};
  }
  SH_CHECK(query(tx, "DELETE FROM sqlite_sequence WHERE name = $1", {table.name}));
  SH_CHECK(query(tx, "INSERT INTO sqlite_sequence(name, seq) VALUES($1, $2)", {table.name, value}));
  return {};
}

}  // namespace soundhub::storage::table_rows
