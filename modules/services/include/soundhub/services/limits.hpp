// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

namespace soundhub::services {

/// How much one person may do within an hour; beyond it too_many "….paused".
struct RateLimits {
  int sign_ups{30};  ///< from one address: a school or a rehearsal room may share it
  int songs{30};     ///< put up by one account
  int offers{60};    ///< by one account
};

}  // namespace soundhub::services
