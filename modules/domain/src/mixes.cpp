// SPDX-License-Identifier: AGPL-3.0-or-later
#include "soundhub/domain/mixes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "soundhub/base/text.hpp"

namespace soundhub::mixes {
namespace {

constexpr std::int64_t furthest_offset = 3600 * takes::stem_rate;

bool within(double value, double least, double most) {
  return std::isfinite(value) && value >= least && value <= most;
}

bool valid(const Channel& channel) {
  return within(channel.gain_db, off_db, 12) && within(channel.pan, -1, 1) &&
         std::abs(channel.offset_frames) <= furthest_offset;
}

}  // namespace

Result<void> valid_settings(const Settings& settings) {
  const auto invalid = fail(Errc::invalid, "mix.settings_invalid");
  if (settings.channels.empty()) return fail(Errc::invalid, "mix.empty");
  if (settings.channels.size() > max_channels) return invalid;
  if (!std::ranges::all_of(settings.channels, valid)) return invalid;
  if (!within(settings.master.gain_db, off_db, 12) || !within(settings.master.ceiling_dbtp, -12, 0)) return invalid;
  std::set<PartId> parts;
  for (const auto& channel : settings.channels)
    if (!parts.insert(channel.part).second) return invalid;
  return {};
}

Result<std::string> valid_name(std::string_view text) {
  const auto name = trim(text);
  if (!is_utf8(name)) return fail(Errc::invalid, "text_invalid");
  if (count_characters(name) > 80) return fail(Errc::invalid, "mix.name_too_long");
  return std::string{name};
}

bool audible(const Settings& settings, const Channel& channel) {
  const bool any_solo = std::ranges::any_of(settings.channels, &Channel::soloed);
  return !channel.muted && channel.gain_db > off_db && (!any_solo || channel.soloed);
}

std::string canonical_graph(const Settings& settings, int engine_version) {
  auto out = fmt::format("engine {}\nmaster gain {:a} limiter {} ceiling {:a}\n", engine_version,
                         settings.master.gain_db, settings.master.limiter ? 1 : 0, settings.master.ceiling_dbtp);
  for (const auto& channel : settings.channels)
    if (audible(settings, channel))
      out += fmt::format("take {} gain {:a} pan {:a} offset {}\n", channel.take.value, channel.gain_db, channel.pan,
                         channel.offset_frames);
  return out;
}

}  // namespace soundhub::mixes
