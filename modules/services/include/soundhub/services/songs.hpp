// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "soundhub/domain/events.hpp"
#include "soundhub/domain/releases.hpp"
#include "soundhub/services/limits.hpp"
#include "soundhub/services/uploads.hpp"

namespace soundhub::services {

using Viewer = std::optional<UserId>;  ///< nobody: not logged in

struct PartView {
  parts::Part part;
  takes::Take take;
  bool may_edit{}, may_decide{}, may_withdraw{};
};

struct ReleaseView {
  releases::Release release;
  std::vector<releases::File> files;
  std::vector<releases::Credit> credits;
};

/// A song as lists show it.
struct SongCard {
  songs::Song song;
  std::vector<songs::Seat> seats;      ///< open ones
  std::vector<PartView> lanes;         ///< accepted parts
  std::optional<ReleaseView> release;  ///< the latest that is ready
};

/// A song with all that its page shows.
struct SongView {
  songs::Song song;
  std::vector<songs::Seat> seats;
  std::vector<PartView> parts;        ///< those the viewer may see
  std::vector<ReleaseView> releases;  ///< newest first
  std::optional<mixes::Mix> mix;      ///< the newest
  EventId event;                      ///< all up to here is in this view
  bool may_edit{}, may_offer{};
};

struct Joined {
  PartView part;
  std::string song_title;
};

struct Home {
  std::vector<SongCard> seeking, released;
  std::vector<Joined> grew;
};

/// Songs and the seats they still need. Thread-safe. A song that the viewer may not see is not_found "song.not_found";
/// one that isn't theirs to change is forbidden "song.not_yours".
class Songs {
 public:
  Songs(const Context& context, Uploads& uploads, RateLimits limits = {});

  struct NewSeat {
    songs::Instrument instrument{};
    std::string note;
  };
  struct NewSong {
    std::string title;
    songs::Instrument instrument{};
    songs::Genre genre{};
    std::optional<double> tempo_bpm;
    std::optional<std::string> musical_key;
    songs::Licence licence{};
    std::string text, note;
    std::vector<NewSeat> seats;
    std::string upload_id;
    std::optional<std::string> cover_upload_id;
  };
  /// The song, its first part and take, the open seats, the jobs that look at them: all or nothing.
  Result<SongId> create(UserId owner, const NewSong& wanted);

  struct Edit {
    std::optional<std::string> title, text;
    std::optional<songs::Genre> genre;
    std::optional<std::optional<double>> tempo_bpm;
    std::optional<std::optional<std::string>> musical_key;
    std::optional<songs::Licence> licence;
    std::optional<std::string> cover_upload_id;
  };
  Result<void> edit(UserId editor, SongId id, const Edit& edit);
  Result<void> remove(UserId editor, SongId id);

  Result<SongView> get(Viewer viewer, SongId id);
  struct Page {
    std::vector<SongCard> songs;
    std::optional<SongId> next;
  };
  struct Wanted {
    std::optional<UserId> owner;
    std::optional<songs::Genre> genre;
    std::optional<songs::Instrument> open_seat;
    bool any_open_seat{};
    std::optional<SongId> after;
    int limit{20};
  };
  Result<Page> list(Viewer viewer, const Wanted& wanted);
  Result<Home> home();

  Result<songs::Seat> open_seat(UserId editor, SongId id, const NewSeat& wanted);
  Result<void> close_seat(UserId editor, SongId id, SeatId seat);

  /// The cover's picture of that side in pixels; not_found "song.no_cover".
  Result<std::unique_ptr<ByteSource>> cover(Viewer viewer, SongId id, int side, std::string& tag);

 private:
  Context context_;
  Uploads& uploads_;
  RateLimits limits_;
};

}  // namespace soundhub::services
