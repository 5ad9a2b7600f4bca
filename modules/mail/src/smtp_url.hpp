// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <string>

#include "soundhub/base/error.hpp"

namespace soundhub::mail {

struct SmtpUrl {
  std::string url;  ///< for libcurl: scheme, host and port
  bool clear{};     ///< starttls=never
};
Result<SmtpUrl> parse_smtp_url(const std::string& text);

}  // namespace soundhub::mail
