// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/domain/parts.hpp"

#include "names.hpp"

namespace soundhub::parts {
namespace {

constexpr Names<State, 4> states{{"offered", "accepted", "declined", "withdrawn"}};

bool concerns(const Part& part, const songs::Song& song, std::optional<UserId> viewer) {
  return viewer == part.author.id || viewer == song.owner.id;
}

}  // namespace

std::string_view to_string(State v) {
  return states.of(v);
}
std::optional<State> parse_state(std::string_view text) {
  return states.find(text);
}

Result<State> next_state(State from, State to) {
  const bool allowed =
      (from == State::offered && to != State::offered) || (from == State::declined && to == State::accepted);
  if (!allowed) return fail(Errc::conflict, "part.wrong_state");
  return to;
}

bool may_see(const Part& part, const songs::Song& song, std::optional<UserId> viewer) {
  if (!songs::may_see(song, viewer)) return false;
  return part.state == State::offered || part.state == State::accepted || concerns(part, song, viewer);
}

bool may_edit(const Part& part, std::optional<UserId> viewer) {
  return viewer == part.author.id && part.state != State::withdrawn;
}

bool may_decide(const Part& part, const songs::Song& song, std::optional<UserId> viewer) {
  return viewer == song.owner.id && (part.state == State::offered || part.state == State::declined);
}

bool may_withdraw(const Part& part, std::optional<UserId> viewer) {
  return viewer == part.author.id && part.state == State::offered;
}

bool may_hear(const Part& part, const takes::Take& take, const songs::Song& song, std::optional<UserId> viewer) {
  return may_see(part, song, viewer) && (take.state == takes::State::ready || concerns(part, song, viewer));
}

}  // namespace soundhub::parts
