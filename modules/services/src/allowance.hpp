// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <string>

#include "soundhub/storage/allowances.hpp"

namespace soundhub::services {

/// Counts one of `per_hour`; too_many `key` when they are used up.
inline Result<void> spend_hourly(storage::WriteTx& tx, const std::string& subject, int per_hour, Time now,
                                 std::string key) {
  const storage::allowances::Allowance allowance{.most = per_hour, .window = std::chrono::hours{1}};
  SH_TRY(const bool allowed, storage::allowances::spend(tx, subject, allowance, now));
  if (!allowed) return fail(Errc::too_many, std::move(key));
  return {};
}

}  // namespace soundhub::services
