// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <string_view>

namespace soundhub::storage::testing {

void record(std::string_view sql);

}  // namespace soundhub::storage::testing
