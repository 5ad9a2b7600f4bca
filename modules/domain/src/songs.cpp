// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/domain/songs.hpp"

#include <algorithm>
#include <cmath>

#include "names.hpp"
#include "soundhub/base/text.hpp"

namespace soundhub::songs {
namespace {

constexpr Names<Instrument, 8> instruments{{"vocal", "guitar", "bass", "drums", "keys", "strings", "winds", "other"}};
constexpr Names<Genre, 10> genres{
    {"pop", "rock", "hiphop", "rnb", "electronic", "jazz", "folk", "classical", "metal", "other"}};
constexpr Names<Licence, 5> licences{{"cc-by-4.0", "cc-by-sa-4.0", "cc-by-nc-4.0", "cc0-1.0", "all-rights-reserved"}};
constexpr Names<SeatState, 3> seat_states{{"open", "filled", "closed"}};

bool is_control(char c) {
  return (static_cast<unsigned char>(c) < 0x20) || c == 0x7f;
}

Result<std::string> one_line(std::string_view text, std::size_t limit, std::string_view too_long) {
  const auto trimmed = trim(text);
  if (!is_utf8(trimmed)) return fail(Errc::invalid, "text_invalid");
  if (count_characters(trimmed) > limit) return fail(Errc::invalid, too_long);
  std::string out{trimmed};
  std::erase_if(out, is_control);
  return out;
}

}  // namespace

std::string_view to_string(Instrument v) {
  return instruments.of(v);
}
std::string_view to_string(Genre v) {
  return genres.of(v);
}
std::string_view to_string(Licence v) {
  return licences.of(v);
}
std::string_view to_string(SeatState v) {
  return seat_states.of(v);
}

Result<Instrument> parse_instrument(std::string_view text) {
  if (const auto found = instruments.find(text)) return *found;
  return fail(Errc::invalid, "song.instrument_unknown");
}
Result<Genre> parse_genre(std::string_view text) {
  if (const auto found = genres.find(text)) return *found;
  return fail(Errc::invalid, "song.genre_unknown");
}
Result<Licence> parse_licence(std::string_view text) {
  if (const auto found = licences.find(text)) return *found;
  return fail(Errc::invalid, "song.licence_unknown");
}
std::optional<SeatState> parse_seat_state(std::string_view text) {
  return seat_states.find(text);
}

Result<std::string> valid_title(std::string_view text) {
  SH_TRY(auto title, one_line(text, 100, "song.title_too_long"));
  if (title.empty()) return fail(Errc::invalid, "song.title_missing");
  return title;
}

Result<std::string> valid_text(std::string_view text) {
  if (!is_utf8(text)) return fail(Errc::invalid, "text_invalid");
  if (count_characters(text) > 5000) return fail(Errc::invalid, "song.text_too_long");
  std::string out{trim(text)};
  std::erase_if(out, [](char c) { return is_control(c) && c != '\n' && c != '\t'; });
  return out;
}

Result<std::string> valid_note(std::string_view text, std::size_t limit) {
  return one_line(text, limit, "song.note_too_long");
}

Result<double> valid_tempo(double bpm) {
  if (!std::isfinite(bpm) || bpm < 20 || bpm > 400) return fail(Errc::invalid, "song.tempo_invalid");
  return std::round(bpm * 1000) / 1000;
}

Result<std::string> valid_key(std::string_view text) {
  const auto key = trim(text);
  auto rest = key;
  const auto take = [&](std::string_view any) {
    if (rest.empty() || any.find(rest.front()) == std::string_view::npos) return false;
    rest.remove_prefix(1);
    return true;
  };
  const bool has_note = take("ABCDEFG");
  take("b#");
  take("m");
  if (!has_note || !rest.empty()) return fail(Errc::invalid, "song.key_invalid");
  return std::string{key};
}

bool may_see(const Song& song, std::optional<UserId> viewer) {
  return !song.deleted && (song.published || viewer == song.owner.id);
}

bool may_edit(const Song& song, std::optional<UserId> viewer) {
  return !song.deleted && viewer == song.owner.id;
}

}  // namespace soundhub::songs
