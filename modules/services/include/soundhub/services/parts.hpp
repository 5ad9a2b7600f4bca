// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <optional>
#include <string>

#include "soundhub/services/songs.hpp"

namespace soundhub::services {

/// Offering parts and deciding on them. Thread-safe. not_found "part.not_found", forbidden "part.not_yours",
/// conflict "part.wrong_state".
class Parts {
 public:
  Parts(const Context& context, Uploads& uploads, RateLimits limits = {});

  struct NewPart {
    songs::Instrument instrument{};
    std::optional<SeatId> seat;
    std::string note;
    std::string upload_id;
  };
  /// Anyone's offer; the owner's own part is in the song at once. conflict "part.seat_taken", too_many
  /// "part.offers_paused".
  Result<PartView> offer(UserId author, SongId song, const NewPart& wanted);

  struct Edit {
    std::optional<songs::Instrument> instrument;
    std::optional<std::string> note;
  };
  Result<PartView> edit(UserId author, PartId id, const Edit& edit);
  Result<PartView> accept(UserId owner, PartId id);  ///< conflict "part.take_not_ready" while it can't be heard
  Result<PartView> decline(UserId owner, PartId id);
  Result<PartView> withdraw(UserId author, PartId id);

 private:
  Result<PartView> decide(UserId who, PartId id, parts::State to);
  Context context_;
  Uploads& uploads_;
  RateLimits limits_;
};

}  // namespace soundhub::services
