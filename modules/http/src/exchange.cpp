// SPDX-License-Identifier: AGPL-3.0-or-later
#include "exchange.hpp"

#include <algorithm>

#include "soundhub/base/log_context.hpp"

namespace soundhub::http {
namespace {

constexpr std::uint64_t chunk_bytes = 128 * 1024;

std::optional<std::uint64_t> declared(const Head& head) {
  if (head.framing == Framing::chunked) return std::nullopt;
  return head.length;
}

std::size_t window_size(const Head& head) {
  if (head.framing == Framing::none) return 0;
  if (head.framing == Framing::chunked) return Exchange::window_bytes;
  return static_cast<std::size_t>(std::min<std::uint64_t>(head.length, Exchange::window_bytes));
}

Answer internal_error(const Request& request) {
  return work_out(request, problem(500, "http.internal"));
}

Answer handle(Exchange& exchange, Edge& edge) {
  auto& request = exchange.request;
  // The handler may move things out of its request.
  const auto id = request.id, path = request.path;
  const LogContext for_request{id};
  try {
    return work_out(request, (*exchange.handler)(request));
  } catch (const std::exception& error) {
    edge.log.error("http.handler_failed", {{"id", id}, {"path", path}, {"what", error.what()}});
  } catch (...) {
    edge.log.error("http.handler_failed", {{"id", id}, {"path", path}, {"what", "not a std::exception"}});
  }
  return internal_error(request);
}

}  // namespace

Exchange::Exchange(const Head& head, const Limits& route_limits, TimePoint now, Wake waker)
    : framing{head.framing},
      length{head.length},
      limits{route_limits},
      // The handler learns of its deadline itself and should have a moment to say so.
      give_up{now + limits.deadline + std::min(limits.deadline, std::chrono::milliseconds{1000})},
      wake{std::move(waker)},
      body{declared(head), window_size(head), now + limits.deadline, wake},
      intake{head.framing, head.length, limits.body_bytes, body} {
  request.method = head.method;
  request.path = head.path;
  request.query = head.query;
  request.headers = head.headers;
  request.host = head.host;
  request.body = &body;
  request.deadline = now + limits.deadline;
  request.cancelled = stop.get_token();
}

void run_handler(Exchange& exchange, Edge& edge) {
  exchange.answer = handle(exchange, edge);
  if (exchange.streams) --edge.streaming;
  exchange.done = true;
  exchange.wake();
}

void read_chunk(Exchange& exchange, Span span) {
  exchange.chunk.resize(static_cast<std::size_t>(std::min(span.size, chunk_bytes)));
  const auto read = [&]() -> Result<std::size_t> {
    try {
      return exchange.answer.source->read(span.offset, exchange.chunk);
    } catch (const std::exception& error) {
      return fail(Errc::internal, "http.internal", error.what());
    }
  }();
  exchange.chunk.resize(read.value_or(0));
  if (!read) exchange.chunk_error = read.error();
  exchange.chunk_ready = true;
  exchange.wake();
}

}  // namespace soundhub::http
