// SPDX-License-Identifier: AGPL-3.0-or-later
#include "edge.hpp"

namespace soundhub::http {

// A trusted proxy brings everybody's connections, so they aren't counted as one client's.
Edge::Admission Edge::admit(const std::string& peer, bool trusted) {
  const std::lock_guard lock{mutex_};
  if (open_connections >= static_cast<std::uint64_t>(options.connections)) return Admission::full;
  if (!trusted) {
    const auto mine = by_address_.try_emplace(peer, 0).first;
    if (mine->second >= options.connections_per_address) return Admission::too_many_of_address;
    ++mine->second;
  }
  ++open_connections;
  ++connections;
  return Admission::admitted;
}

void Edge::leave(const std::string& peer, bool trusted) {
  const std::lock_guard lock{mutex_};
  --open_connections;
  if (trusted) return;
  const auto mine = by_address_.find(peer);
  if (mine != by_address_.end() && --mine->second == 0) by_address_.erase(mine);
}

}  // namespace soundhub::http
