// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <string>

#include "soundhub/base/error.hpp"
#include "soundhub/base/fd.hpp"

namespace soundhub::http {

/// A listening socket and the address it really has.
struct Listening {
  Fd socket;
  std::string address;
};

/// `address` as in ServerOptions::listen. invalid "http.listen".
Result<Listening> listen_on(const std::string& address);

/// A client's socket (non-blocking, no delay) and its address without port; "unix" for a unix socket.
struct Accepted {
  Fd socket;
  std::string peer;
};
/// An empty socket if nobody waits; errno says more.
Accepted accept_from(int listening);

}  // namespace soundhub::http
