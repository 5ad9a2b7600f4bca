// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <cstdint>
#include <span>
#include <string_view>

#include "body_window.hpp"
#include "chunked.hpp"
#include "head.hpp"

namespace soundhub::http {

/// Turns what comes off the socket after a head into body bytes in a window. Lives on the loop.
class BodyIntake {
 public:
  BodyIntake(Framing framing, std::uint64_t length, std::uint64_t limit, BodyWindow& window);
  /// Uses up the front of `in` as far as it belongs to the body and there is room; says how many bytes.
  std::size_t take(std::string_view in);
  /// Room that may be received into directly; empty if the framing needs a look first, or there is no room.
  std::span<std::byte> direct();
  void received(std::size_t count);  ///< that many bytes are in direct()
  /// Throws away what belongs to the rest of a body of known length.
  std::size_t discard(std::size_t available);

  void give_up_slow();  ///< the reader gets unavailable "http.body_too_slow"

  bool ended() const { return ended_; }
  bool broken() const { return broken_; }
  bool known_length() const { return framing_ != Framing::chunked; }
  std::uint64_t left() const { return left_; }
  std::uint64_t total() const { return total_; }

 private:
  void count(std::size_t bytes);
  void end();
  std::size_t take_chunked(std::string_view in);

  Framing framing_;
  std::uint64_t left_, limit_, total_{};
  BodyWindow& window_;
  ChunkDecoder decoder_;
  bool ended_{}, broken_{};
};

}  // namespace soundhub::http
