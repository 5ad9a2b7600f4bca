// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "soundhub/domain/parts.hpp"

namespace soundhub::mixes {

inline constexpr std::size_t max_channels = 64;
inline constexpr double off_db = -90;  ///< a fader at or below this is silent

struct Channel {
  PartId part;
  TakeId take;
  double gain_db{};  ///< -90 to +12
  double pan{};      ///< -1 to +1
  bool muted{}, soloed{};
  std::int64_t offset_frames{};  ///< where the take's first frame lies in the song, at 48 kHz
  friend bool operator==(const Channel&, const Channel&) = default;
};

struct Master {
  double gain_db{};
  bool limiter{true};
  double ceiling_dbtp{-1};
  friend bool operator==(const Master&, const Master&) = default;
};

struct Settings {
  std::vector<Channel> channels;
  Master master;
  friend bool operator==(const Settings&, const Settings&) = default;
};

/// One node of a song's history; never edited.
struct Mix {
  MixId id;
  SongId song;
  std::optional<MixId> parent;
  accounts::User author;
  std::string name;
  Settings settings;
  Time created_at{};
};

/// Numbers in range and finite, no part twice, at most 64 channels, offsets within an hour either way: invalid
/// "mix.settings_invalid"; none at all: "mix.empty".
Result<void> valid_settings(const Settings& settings);
/// invalid "mix.name_too_long" above 80 characters.
Result<std::string> valid_name(std::string_view text);

/// Whether a channel is heard: not muted, not off, and soloed if any is.
bool audible(const Settings& settings, const Channel& channel);
/// What is heard, spelled out; two graphs with the same text make the same PCM under one engine version.
/// One line a channel: take, gain, pan, offset as exact hexadecimal floats; inaudible channels left out.
std::string canonical_graph(const Settings& settings, int engine_version);

}  // namespace soundhub::mixes
