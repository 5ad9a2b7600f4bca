// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <curl/curl.h>

#include <string>

#include "soundhub/base/error.hpp"

namespace soundhub::mail {

/// How a transfer ended.
struct SmtpEnd {
  CURLcode code{};
  long reply{};          ///< the server's last, 250 …; 0: none
  bool body_begun{};     ///< the mail's text was being sent
  std::string sentence;  ///< libcurl's
};
/// What that means for the mail: see Sender::send.
Result<void> result_of(const SmtpEnd& end);

}  // namespace soundhub::mail
