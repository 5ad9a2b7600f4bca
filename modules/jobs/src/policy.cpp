// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/jobs/policy.hpp"

#include <algorithm>

namespace soundhub::jobs {

Millis backoff(int attempt, double jitter) {
  const auto whole = std::min<std::int64_t>(std::int64_t{1000} << std::clamp(attempt, 1, 20), 600'000);
  return Millis{static_cast<std::int64_t>(static_cast<double>(whole) * (0.5 + 0.5 * std::clamp(jitter, 0.0, 1.0)))};
}

}  // namespace soundhub::jobs
