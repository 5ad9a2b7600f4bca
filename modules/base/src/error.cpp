// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/base/error.hpp"

#include <cerrno>
#include <system_error>

namespace soundhub {

tl::unexpected<Error> fail_errno(std::string_view what) {
  const int code = errno;
  return fail(Errc::internal, "internal", std::string{what} + ": " + std::generic_category().message(code));
}

}  // namespace soundhub
