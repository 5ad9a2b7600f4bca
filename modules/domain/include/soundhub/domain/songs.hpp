// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "soundhub/domain/accounts.hpp"

namespace soundhub::songs {

enum class Instrument { vocal, guitar, bass, drums, keys, strings, winds, other };
enum class Genre { pop, rock, hiphop, rnb, electronic, jazz, folk, classical, metal, other };
enum class Licence { cc_by, cc_by_sa, cc_by_nc, cc0, all_rights_reserved };
enum class SeatState { open, filled, closed };

std::string_view to_string(Instrument v);
std::string_view to_string(Genre v);
std::string_view to_string(Licence v);  ///< "cc-by-4.0" …
std::string_view to_string(SeatState v);
/// invalid "song.instrument_unknown", "song.genre_unknown", "song.licence_unknown".
Result<Instrument> parse_instrument(std::string_view text);
Result<Genre> parse_genre(std::string_view text);
Result<Licence> parse_licence(std::string_view text);
std::optional<SeatState> parse_seat_state(std::string_view text);

/// An instrument the song still needs.
struct Seat {
  SeatId id;
  SongId song;
  Instrument instrument{};
  std::string note;
  SeatState state{};
  Time created_at{};
};

/// What musicians build together.
struct Song {
  SongId id;
  accounts::User owner;
  std::string title;
  Genre genre{};
  std::optional<double> tempo_bpm;
  std::optional<std::string> musical_key;
  Licence licence{};
  std::string text;
  std::optional<std::string> cover_upload_key, cover_640_key, cover_160_key;  ///< blob keys
  std::optional<ReleaseId> latest_release;
  std::optional<MixId> head_mix;
  bool published{};  ///< from the first ready accepted take on
  Time created_at{};
  bool deleted{};
};

inline constexpr int max_open_seats = 12;

/// Trimmed; invalid "song.title_missing", "song.title_too_long" above 100 characters.
Result<std::string> valid_title(std::string_view text);
/// invalid "song.text_too_long" above 5,000 characters; line breaks kept, other control characters dropped.
Result<std::string> valid_text(std::string_view text);
/// invalid "song.note_too_long" above `limit` characters.
Result<std::string> valid_note(std::string_view text, std::size_t limit);
/// invalid "song.tempo_invalid" outside 20 to 400 beats a minute.
Result<double> valid_tempo(double bpm);
/// "Eb", "F#m", "C"; invalid "song.key_invalid".
Result<std::string> valid_key(std::string_view text);

/// Unpublished songs exist for their owner only; deleted ones for nobody.
bool may_see(const Song& song, std::optional<UserId> viewer);
bool may_edit(const Song& song, std::optional<UserId> viewer);

}  // namespace soundhub::songs
