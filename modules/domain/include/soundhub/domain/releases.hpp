// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "soundhub/domain/mixes.hpp"

namespace soundhub::releases {

enum class State { rendering, ready, failed };
std::string_view to_string(State v);
std::optional<State> parse_state(std::string_view text);

/// What a render made.
struct Rendered {
  std::int64_t engine_version{};
  std::int64_t frames{};  ///< at 48 kHz
  std::optional<takes::Loudness> loudness;
  std::string pcm_sha256;
};

/// A file of a release: "mix.flac", "mix.mp3", "mix.opus", "peaks.256", "peaks.2048", "peaks.16384".
struct File {
  std::string name;
  std::string blob_key;
  std::int64_t size_bytes{};
};

struct Credit {
  PartId part;
  accounts::User musician;
  songs::Instrument instrument{};
};

/// A node of the history, rendered and published; never overwritten.
struct Release {
  ReleaseId id;
  SongId song;
  MixId mix;
  std::int64_t number{};
  std::string graph_hash;
  State state{};
  double progress{};
  std::optional<std::string> error_key;
  std::string note;
  Rendered rendered;
  Time created_at{};
  std::optional<Time> published_at;
};

/// rendering -> ready | failed; failed -> rendering when tried again. Else conflict "release.wrong_state".
Result<State> next_state(State from, State to);

}  // namespace soundhub::releases
