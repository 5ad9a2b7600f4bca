// SPDX-License-Identifier: AGPL-3.0-or-later
#include "json.hpp"

#include <fmt/format.h>

#include <array>

namespace soundhub::api {
namespace {

using boost::json::array;
using boost::json::object;

constexpr std::array<int, 3> peak_levels{256, 2048, 16384};  // samples per pixel, as the media child makes them

std::string time_of(Time t) {
  return to_rfc3339(t);
}
double seconds_of(std::int64_t frames) {
  return static_cast<double>(frames) / static_cast<double>(takes::stem_rate);
}

array peaks_of(std::string_view kind, std::int64_t id) {
  array out;
  for (const int level : peak_levels)
    out.push_back(
        object{{"samples_per_pixel", level}, {"url", fmt::format("/api/v1/{}/{}/peaks/{}", kind, id, level)}});
  return out;
}

object loudness_of(const takes::Loudness& loudness) {
  return {{"integrated_lufs", loudness.integrated_lufs},
          {"range_lu", loudness.range_lu},
          {"true_peak_dbtp", loudness.true_peak_dbtp}};
}

std::string release_file_url(ReleaseId id, std::string_view name) {
  return fmt::format("/api/v1/releases/{}/files/{}", id.value, name);
}

object lane_of(const services::PartView& view) {
  return {{"part_id", view.part.id.value},
          {"instrument", songs::to_string(view.part.instrument)},
          {"musician", json_of(view.part.author)},
          {"peaks", view.take.state == takes::State::ready ? peaks_of("takes", view.take.id.value) : array{}}};
}

std::optional<object> listen_of(const std::optional<services::ReleaseView>& release,
                                const std::vector<services::PartView>& parts) {
  if (release) {
    const auto& r = release->release;
    return object{{"kind", "release"},
                  {"id", r.id.value},
                  {"url", release_file_url(r.id, "mix.opus")},
                  {"fallback_url", release_file_url(r.id, "mix.mp3")},
                  {"duration_s", seconds_of(r.rendered.frames)},
                  {"peaks", peaks_of("releases", r.id.value)}};
  }
  for (const auto& view : parts) {
    if (view.take.state != takes::State::ready || view.part.state != parts::State::accepted) continue;
    return object{{"kind", "take"},
                  {"id", view.take.id.value},
                  {"url", fmt::format("/api/v1/takes/{}/preview.opus", view.take.id.value)},
                  {"duration_s", seconds_of(view.take.facts.frames)},
                  {"peaks", peaks_of("takes", view.take.id.value)}};
  }
  return std::nullopt;
}

// What cards and pages say alike.
object song_of(const songs::Song& song, const std::vector<songs::Seat>& seats,
               const std::vector<services::PartView>& parts, const std::optional<services::ReleaseView>& release) {
  object out{{"id", song.id.value},
             {"title", song.title},
             {"owner", json_of(song.owner)},
             {"genre", songs::to_string(song.genre)},
             {"licence", songs::to_string(song.licence)},
             {"created_at", time_of(song.created_at)},
             {"seats", array_of(seats)}};
  if (song.tempo_bpm) out["tempo_bpm"] = *song.tempo_bpm;
  if (song.musical_key) out["musical_key"] = *song.musical_key;
  if (song.cover_640_key)  // the key makes a new cover a new address
    out["cover_url"] = fmt::format("/api/v1/songs/{}/cover?v={}", song.id.value, song.cover_640_key->substr(0, 12));
  array lanes;
  for (const auto& view : parts)
    if (view.part.state == parts::State::accepted) lanes.push_back(lane_of(view));
  out["lanes"] = std::move(lanes);
  if (auto listen = listen_of(release, parts)) out["listen"] = *std::move(listen);
  return out;
}

object settings_of(const mixes::Settings& settings) {
  array channels;
  for (const auto& channel : settings.channels)
    channels.push_back(object{{"part_id", channel.part.value},
                              {"take_id", channel.take.value},
                              {"gain_db", channel.gain_db},
                              {"pan", channel.pan},
                              {"muted", channel.muted},
                              {"soloed", channel.soloed},
                              {"offset_frames", channel.offset_frames}});
  return {{"channels", std::move(channels)},
          {"master", object{{"gain_db", settings.master.gain_db},
                            {"limiter", settings.master.limiter},
                            {"ceiling_dbtp", settings.master.ceiling_dbtp}}}};
}

std::optional<services::ReleaseView> latest_ready(const services::SongView& view) {
  for (const auto& release : view.releases)
    if (release.release.state == releases::State::ready) return release;
  return std::nullopt;
}

}  // namespace

object json_of(const accounts::User& user) {
  return {{"id", user.id.value}, {"nickname", user.nickname}};
}

object json_of_me(const accounts::Account& account) {
  return {{"id", account.id.value}, {"nickname", account.nickname}, {"email", account.email}};
}

object json_of(const uploads::Upload& upload) {
  return {{"upload_id", upload.id}, {"size_bytes", upload.size_bytes}};
}

object json_of(const songs::Seat& seat) {
  return {{"id", seat.id.value}, {"instrument", songs::to_string(seat.instrument)}, {"note", seat.note}};
}

object json_of(const takes::Take& take) {
  const auto& facts = take.facts;
  object out{{"id", take.id.value},
             {"state", takes::to_string(take.state)},
             {"progress", take.progress},
             {"file_name", take.file_name},
             {"frames", facts.frames},
             {"duration_s", seconds_of(facts.frames)},
             {"stem_channels", facts.stem_channels},
             {"segments", facts.segments},
             {"truncated", facts.truncated},
             {"silent", facts.silent}};
  if (take.error_key) out["error_key"] = *take.error_key;
  if (take.state != takes::State::ready) {
    out["peaks"] = array{};
    return out;
  }
  out["container"] = facts.container;
  out["codec"] = facts.codec;
  out["sample_rate"] = facts.sample_rate;
  out["channels"] = facts.channels;
  out["bits"] = facts.bits;
  if (facts.loudness) out["loudness"] = loudness_of(*facts.loudness);
  out["preview_url"] = fmt::format("/api/v1/takes/{}/preview.opus", take.id.value);
  out["peaks"] = peaks_of("takes", take.id.value);
  return out;
}

object json_of(const services::PartView& view) {
  const auto& part = view.part;
  object out{{"id", part.id.value},
             {"song_id", part.song.value},
             {"author", json_of(part.author)},
             {"instrument", songs::to_string(part.instrument)},
             {"note", part.note},
             {"state", parts::to_string(part.state)},
             {"created_at", time_of(part.created_at)},
             {"take", json_of(view.take)},
             {"may", object{{"edit", view.may_edit}, {"decide", view.may_decide}, {"withdraw", view.may_withdraw}}}};
  if (part.seat) out["seat_id"] = part.seat->value;
  return out;
}

object json_of(const mixes::Mix& mix) {
  object out{{"id", mix.id.value},
             {"song_id", mix.song.value},
             {"author", json_of(mix.author)},
             {"name", mix.name},
             {"created_at", time_of(mix.created_at)},
             {"settings", settings_of(mix.settings)}};
  if (mix.parent) out["parent_id"] = mix.parent->value;
  return out;
}

object json_of(const services::ReleaseView& view) {
  const auto& release = view.release;
  const bool ready = release.state == releases::State::ready;
  object out{{"id", release.id.value},
             {"song_id", release.song.value},
             {"mix_id", release.mix.value},
             {"number", release.number},
             {"state", releases::to_string(release.state)},
             {"progress", release.progress},
             {"note", release.note},
             {"created_at", time_of(release.created_at)},
             {"duration_s", seconds_of(release.rendered.frames)}};
  if (release.error_key) out["error_key"] = *release.error_key;
  if (release.published_at) out["published_at"] = time_of(*release.published_at);
  if (release.rendered.loudness) out["loudness"] = loudness_of(*release.rendered.loudness);
  if (ready) {
    out["pcm_sha256"] = release.rendered.pcm_sha256;
    out["engine_version"] = release.rendered.engine_version;
  }
  array files;
  for (const auto& file : view.files)
    if (file.name.starts_with("mix."))
      files.push_back(object{{"format", file.name.substr(4)},
                             {"url", release_file_url(release.id, file.name)},
                             {"size_bytes", file.size_bytes}});
  out["files"] = std::move(files);
  out["peaks"] = ready ? peaks_of("releases", release.id.value) : array{};
  array credits;
  for (const auto& credit : view.credits)
    credits.push_back(object{{"musician", json_of(credit.musician)},
                             {"instrument", songs::to_string(credit.instrument)},
                             {"part_id", credit.part.value}});
  out["credits"] = std::move(credits);
  return out;
}

object json_of(const services::SongCard& card) {
  return song_of(card.song, card.seats, card.lanes, card.release);
}

object json_of(const services::SongView& view) {
  auto out = song_of(view.song, view.seats, view.parts, latest_ready(view));
  out["text"] = view.song.text;
  out["parts"] = array_of(view.parts);
  out["releases"] = array_of(view.releases);
  if (view.mix) out["mix"] = json_of(*view.mix);
  out["event_id"] = view.event.value;
  out["may"] = object{{"edit", view.may_edit}, {"offer", view.may_offer}};
  return out;
}

object json_of(const services::Home& home) {
  array grew;
  for (const auto& joined : home.grew) {
    const auto& part = joined.part.part;
    grew.push_back(object{{"musician", json_of(part.author)},
                          {"instrument", songs::to_string(part.instrument)},
                          {"song_id", part.song.value},
                          {"song_title", joined.song_title},
                          {"at", time_of(part.decided_at.value_or(part.created_at))},
                          {"peaks", peaks_of("takes", joined.part.take.id.value)}});
  }
  return {{"seeking", array_of(home.seeking)}, {"released", array_of(home.released)}, {"grew", std::move(grew)}};
}

object json_of(const events::Event& event) {
  object out{{"song_id", event.song.value}};
  if (event.part) out["part_id"] = event.part->value;
  if (event.take) out["take_id"] = event.take->value;
  if (event.mix) out["mix_id"] = event.mix->value;
  if (event.release) out["release_id"] = event.release->value;
  if (event.progress) out["progress"] = *event.progress;
  if (event.error_key) out["error_key"] = *event.error_key;
  return out;
}

}  // namespace soundhub::api
