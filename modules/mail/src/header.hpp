// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <string>
#include <string_view>

#include "soundhub/base/clock.hpp"

namespace soundhub::mail {

/// Text of a header, as it is if it is short plain ASCII, else in encoded words (RFC 2047) on folded lines. No byte of
/// it can end the header.
std::string header_text(std::string_view text);
/// The same for the name before an address, where plain text needs quotes.
std::string header_phrase(std::string_view text);
/// "Mon, 23 Nov 2026 00:30:02 +0000" (RFC 5322)
std::string header_date(Time time);
/// Whether an address, a message id or a link can stand between < and >.
bool fits_in_angles(std::string_view text);

}  // namespace soundhub::mail
