// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/storage/allowances.hpp"

#include "rows.hpp"

namespace soundhub::storage::allowances {

// One statement, so that two at once can't both take the last one.
Result<bool> spend(WriteTx& tx, std::string_view subject, const Allowance& allowance, Time now) {
  if (allowance.most < 1) return false;
  SH_TRY(const auto rows,
         query(tx,
               "INSERT INTO allowances(subject, since, used) VALUES($1, $2, 1) ON CONFLICT (subject) DO UPDATE SET"
               " since = CASE WHEN allowances.since <= $3 THEN excluded.since ELSE allowances.since END,"
               " used = CASE WHEN allowances.since <= $3 THEN 1 ELSE allowances.used + 1 END"
               " WHERE allowances.since <= $3 OR allowances.used < $4 RETURNING used",
               {subject, now, now - allowance.window, allowance.most}));
  return !rows.empty();
}

Result<void> forget_before(WriteTx& tx, Time since) {
  return done(execute(tx, "DELETE FROM allowances WHERE since < $1", {since}));
}

}  // namespace soundhub::storage::allowances
