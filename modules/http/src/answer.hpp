// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "soundhub/http/message.hpp"

namespace soundhub::http {

/// A run of the answer's source.
struct Span {
  std::uint64_t offset{}, size{};
};
using Piece = std::variant<std::string, Span>;

/// A response worked out to what goes on the wire: conditions, ranges and compression are settled.
struct Answer {
  int status{};
  std::string head;  ///< status line and fields, each ended by CRLF; Connection and the blank line are still to come
  std::vector<Piece> pieces;
  std::unique_ptr<ByteSource> source;  ///< what Span pieces are runs of
  std::optional<EventBody> events;     ///< a stream without end instead of pieces
};

/// Runs on the handler's thread, since it may compress.
Answer work_out(const Request& request, Response response);

}  // namespace soundhub::http
