// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <string_view>

namespace soundhub::media {

/// For the tests, after lock_down(): tries what the lock forbids ("selftest-open", "-socket", "-exec", "-map",
/// "-fork"). Comes back only if the lock doesn't hold. False: no such verb.
bool try_forbidden(std::string_view verb);

}  // namespace soundhub::media
