// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <string>
#include <string_view>

namespace soundhub::mail {

/// RFC 4648, with padding.
std::string base64(std::string_view bytes);

}  // namespace soundhub::mail
