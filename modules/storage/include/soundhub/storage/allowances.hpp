// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <string_view>

#include "soundhub/base/clock.hpp"
#include "soundhub/storage/database.hpp"

/// Counts of what somebody did within a window of time, shared by all processes.
namespace soundhub::storage::allowances {

struct Allowance {
  int most{};                     ///< times within the window
  std::chrono::seconds window{};  ///< from the first of them on
};

/// Counts one more; false, and nothing is counted, when `most` are used up.
Result<bool> spend(WriteTx& tx, std::string_view subject, const Allowance& allowance, Time now);
/// Windows that began before.
Result<void> forget_before(WriteTx& tx, Time since);

}  // namespace soundhub::storage::allowances
