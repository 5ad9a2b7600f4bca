// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <string>

#include "soundhub/base/clock.hpp"
#include "soundhub/base/error.hpp"

namespace soundhub::mail {

/// A mail to one person; every text is UTF-8.
struct Message {
  std::string from;       ///< an address
  std::string from_name;  ///< what is shown for it; may be empty
  std::string to;         ///< an address
  std::string subject;    ///< one line
  std::string text;       ///< for programs that show no HTML
  std::string html;       ///< the same once more; may be empty
  std::string id;  ///< "name@host", the same for each try at the same mail, so that a second copy is known as one
  Time date{};
  std::string unsubscribe_url;  ///< takes a POST (RFC 8058); empty: a mail that one can't turn off
};

/// The mail as it travels (RFC 5322, MIME): CRLF lines of at most 78 bytes of ASCII but for addresses, which may be
/// UTF-8 (RFC 6532). Whatever the subject or the names hold, they make no header of their own. invalid
/// "mail.address_invalid" for an address, id or link that can't stand in a header: a control character, a space, <, >.
Result<std::string> to_rfc5322(const Message& message);

}  // namespace soundhub::mail
