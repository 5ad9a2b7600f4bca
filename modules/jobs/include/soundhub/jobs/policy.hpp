// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <chrono>

#include "soundhub/base/clock.hpp"

namespace soundhub::jobs {

struct Policy {
  std::chrono::seconds lease{60};           ///< renewed every third of it; lost when the runner dies
  int attempts{5};                          ///< begun, whether they failed or the runner died; then the job is dead
  int parallel{1};                          ///< jobs at once in this process
  std::chrono::milliseconds poll{250};      ///< how often an idle runner looks for what other processes queued
  std::chrono::milliseconds trouble{2000};  ///< how long it leaves a database alone that can't be asked
};

/// How long to wait after the `attempt`-th failure (from 1): 2^attempt seconds, at most ten minutes, times a factor
/// from 0.5 to 1 by `jitter` (0 to 1), so that what failed together is not retried together.
Millis backoff(int attempt, double jitter);

}  // namespace soundhub::jobs
