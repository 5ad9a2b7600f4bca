// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "answer.hpp"
#include "body_intake.hpp"
#include "body_window.hpp"
#include "edge.hpp"

namespace soundhub::http {

/// One request and its answer. Shared by the connection on its loop and the handler's thread, and handed over whole:
/// the handler's thread owns request and answer until `done`, the loop before and after.
struct Exchange {
  using TimePoint = std::chrono::steady_clock::time_point;
  using Wake = std::function<void()>;

  /// Bodies up to this are received before a handler is bothered, so that a slow client holds no thread.
  static constexpr std::uint64_t gathered_bytes = 64 * 1024;
  static constexpr std::size_t window_bytes = 256 * 1024;

  Exchange(const Head& head, const Limits& limits, TimePoint now, Wake waker);
  bool gathers() const { return framing == Framing::length && length <= gathered_bytes; }

  Request request;
  const Handler* handler{};
  Framing framing;
  std::uint64_t length;
  Limits limits;
  TimePoint give_up;  ///< when the loop stops waiting for the handler
  Wake wake;
  BodyWindow body;
  BodyIntake intake;  ///< the loop's
  std::stop_source stop;
  bool streams{};  ///< counted in Edge::streaming

  std::atomic<bool> done{};
  Answer answer;

  // One piece of a source that has to be read off the loop.
  std::atomic<bool> chunk_ready{};
  Bytes chunk;
  std::optional<Error> chunk_error;
};

/// Runs the handler and works out its answer; whatever it throws becomes a 500. Ends with `done` and wake().
void run_handler(Exchange& exchange, Edge& edge);
/// Reads `span`'s front into exchange.chunk; ends with `chunk_ready` and wake().
void read_chunk(Exchange& exchange, Span span);

}  // namespace soundhub::http
