// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "soundhub/base/clock.hpp"
#include "soundhub/base/error.hpp"
#include "soundhub/base/id.hpp"

namespace soundhub::takes {

inline constexpr std::int64_t stem_rate = 48'000;        ///< Hz
inline constexpr std::int64_t segment_frames = 240'000;  ///< 5 s

enum class State { uploaded, ingesting, ready, rejected };
std::string_view to_string(State v);
std::optional<State> parse_state(std::string_view text);

/// EBU R 128; absent for silence.
struct Loudness {
  double integrated_lufs{}, range_lu{}, true_peak_dbtp{};
};

/// What ingest found out.
struct Facts {
  std::string container, codec;
  std::int64_t sample_rate{};    ///< Hz, as uploaded
  std::int64_t channels{};       ///< as uploaded
  std::int64_t bits{};           ///< as uploaded; 0 for lossy codecs
  std::int64_t stem_channels{};  ///< 1 or 2
  std::int64_t frames{};         ///< at 48 kHz
  std::int64_t segments{};
  bool truncated{}, silent{};
  std::optional<Loudness> loudness;
};

/// One immutable audio file of a part.
struct Take {
  TakeId id;
  PartId part;
  std::string blob_key;   ///< the file as uploaded
  std::string file_name;  ///< as it was called; for showing only
  std::int64_t size_bytes{};
  State state{};
  double progress{};
  std::optional<std::string> error_key;
  Facts facts;
  std::optional<std::string> preview_key;
  Time created_at{};
};

/// The one table of what may follow what: uploaded -> ingesting -> ready | rejected; ingesting -> uploaded when a
/// runner lost it; rejected -> uploaded when an admin tries again. Else conflict "take.wrong_state".
Result<State> next_state(State from, State to);

/// Shown beside the waveform and in downloads: no path, no control characters, at most 120 characters.
std::string display_file_name(std::string_view name);

}  // namespace soundhub::takes
