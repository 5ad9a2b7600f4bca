// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <optional>
#include <string>

#include "soundhub/domain/songs.hpp"
#include "soundhub/domain/takes.hpp"

namespace soundhub::parts {

enum class State { offered, accepted, declined, withdrawn };
std::string_view to_string(State v);
std::optional<State> parse_state(std::string_view text);

/// One musician's line on a song.
struct Part {
  PartId id;
  SongId song;
  accounts::User author;
  std::optional<SeatId> seat;
  songs::Instrument instrument{};
  std::string note;
  State state{};
  std::optional<TakeId> take;
  Time created_at{};
  std::optional<Time> decided_at;
};

/// The one table of what may follow what: offered -> accepted, declined, withdrawn; declined -> accepted (a change of
/// mind). Anything else is conflict "part.wrong_state".
Result<State> next_state(State from, State to);

/// Everyone who sees the song sees offered and accepted parts; declined and withdrawn ones only those concerned.
bool may_see(const Part& part, const songs::Song& song, std::optional<UserId> viewer);
bool may_edit(const Part& part, std::optional<UserId> viewer);  ///< its author
bool may_decide(const Part& part, const songs::Song& song,
                std::optional<UserId> viewer);                      ///< the song's owner, while it can be decided
bool may_withdraw(const Part& part, std::optional<UserId> viewer);  ///< its author, while offered
/// A take is heard by those who see its part once it is ready; before that it shows only to author and owner.
bool may_hear(const Part& part, const takes::Take& take, const songs::Song& song, std::optional<UserId> viewer);

}  // namespace soundhub::parts
