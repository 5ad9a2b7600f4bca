// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "soundhub/http/message.hpp"

namespace soundhub::http {

/// Why a head is refused: a 4xx or 5xx and its stable key. The connection is closed after it.
struct Refusal {
  int status{};
  std::string_view key;
};

enum class Framing { none, length, chunked };

/// A request's head, checked (RFC 9112): one Host, one framing, no folds, no control bytes, a clean path.
struct Head {
  Method method{};
  bool http_1_0{}, keep_alive{}, expects_continue{};
  bool asterisk{};  ///< OPTIONS *
  Framing framing{Framing::none};
  std::uint64_t length{};  ///< bytes of the body if `framing` is length
  std::string path, query, host;
  Headers headers;
};

struct HeadScan {
  enum class State { partial, complete, broken };
  State state{State::partial};
  std::size_t size{};  ///< bytes up to and with the blank line, if complete
};

/// Looks for the head's end. `seen` bytes of the front were scanned before. A bare LF, a control byte or a first byte
/// that begins no method is broken at once, so that nobody waits for an end that can't come.
HeadScan scan_head(std::string_view bytes, std::size_t seen);

/// Parses one whole head, blank line included. Pure.
tl::expected<Head, Refusal> parse_head(std::string_view head);

constexpr std::size_t most_target_bytes = 8 * 1024;
constexpr std::size_t most_fields = 100;

}  // namespace soundhub::http
