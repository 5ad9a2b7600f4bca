// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <compare>
#include <cstdint>
#include <functional>

namespace soundhub {

/// An id that can't be passed where another kind of id is meant, nor made from a number by accident.
template <class Tag>
struct Id {
  std::int64_t value{};
  constexpr Id() = default;
  constexpr explicit Id(std::int64_t v) : value{v} {}
  friend constexpr auto operator<=>(Id, Id) = default;
};

using UserId = Id<struct UserTag>;
using SongId = Id<struct SongTag>;
using SeatId = Id<struct SeatTag>;
using PartId = Id<struct PartTag>;
using TakeId = Id<struct TakeTag>;
using MixId = Id<struct MixTag>;
using ReleaseId = Id<struct ReleaseTag>;
using SessionId = Id<struct SessionTag>;
using JobId = Id<struct JobTag>;
using EventId = Id<struct EventTag>;

}  // namespace soundhub

template <class Tag>
struct std::hash<soundhub::Id<Tag>> {
  std::size_t operator()(soundhub::Id<Tag> id) const noexcept { return std::hash<std::int64_t>{}(id.value); }
};
