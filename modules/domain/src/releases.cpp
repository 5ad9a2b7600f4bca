// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/domain/releases.hpp"

#include "names.hpp"

namespace soundhub::releases {
namespace {

constexpr Names<State, 3> states{{"rendering", "ready", "failed"}};

}  // namespace

std::string_view to_string(State v) {
  return states.of(v);
}
std::optional<State> parse_state(std::string_view text) {
  return states.find(text);
}

Result<State> next_state(State from, State to) {
  const bool allowed =
      (from == State::rendering && to != State::rendering) || (from == State::failed && to == State::rendering);
  if (!allowed) return fail(Errc::conflict, "release.wrong_state");
  return to;
}

}  // namespace soundhub::releases
