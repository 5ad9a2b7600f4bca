// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <cstdint>
#include <span>
#include <string_view>

#include "soundhub/base/error.hpp"

namespace soundhub::http {

/// Takes a chunked body apart as it arrives (RFC 9112 7.1), strictly: CRLF only, sizes of at most 15 hex digits, at
/// most 8 KiB of chunk extensions and trailers in all (both are skipped). After an error the connection can't be used.
///   body  ::= chunk* "0" ext? CRLF trailer* CRLF
///   chunk ::= hex+ ext? CRLF byte* CRLF
class ChunkDecoder {
 public:
  struct Step {
    std::size_t consumed{}, produced{};
  };
  /// Decodes until `in` or `out` is used up or the body is done. invalid "http.body_broken".
  Result<Step> decode(std::string_view in, std::span<std::byte> out);
  bool done() const { return state_ == State::done; }

 private:
  enum class State {
    size_first,
    size,
    extension,
    size_lf,
    data,
    data_cr,
    data_lf,
    trailer_first,
    trailer,
    trailer_lf,
    last_lf,
    done
  };
  bool step(char c);
  bool size_digit(char c);
  bool after_size(char c);
  bool skipped(char c, State at_cr);

  State state_{State::size_first};
  std::uint64_t left_{};
  int digits_{};
  std::size_t skipped_bytes_{};
};

}  // namespace soundhub::http
