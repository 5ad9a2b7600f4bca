// SPDX-License-Identifier: AGPL-3.0-or-later
#include <sys/sendfile.h>
#include <sys/socket.h>

#include "connection.hpp"
#include "view_source.hpp"

namespace soundhub::http {
namespace {

constexpr std::size_t copied_bytes = 16 * 1024;  // smaller texts ride in the head's packet
constexpr std::uint64_t sendfile_bytes = 1024 * 1024;
constexpr std::uint64_t burst_bytes = 4 * 1024 * 1024;  // then other connections get their turn
constexpr int event_buffer_bytes = 32 * 1024;           // of the kernel's, so that a slow reader shows early

std::string_view connection_field(bool keep, bool http_1_0) {
  if (!keep) return "Connection: close\r\n\r\n";
  return http_1_0 ? "Connection: keep-alive\r\n\r\n" : "\r\n";
}

}  // namespace

Awaitable<bool> Connection::send_answer(const ExchangePtr& exchange, bool keep, bool http_1_0) {
  auto& answer = exchange->answer;
  sent_bytes_ = 0;
  std::string out = std::move(answer.head);
  out += connection_field(keep, http_1_0);
  const auto head_size = out.size();
  const bool whole = co_await send_pieces(exchange, std::move(out));
  sent_bytes_ -= std::min<std::uint64_t>(sent_bytes_, head_size);
  if (whole && answer.events) co_await stream_events(*answer.events);
  co_return whole;
}

/// Small texts are gathered behind the head in `out`, so that a small answer is one packet.
Awaitable<bool> Connection::send_pieces(const ExchangePtr& exchange, std::string out) {
  for (const auto& piece : exchange->answer.pieces) {
    const auto* text = std::get_if<std::string>(&piece);
    if (text && text->size() <= copied_bytes) {
      out += *text;
      continue;
    }
    bool whole = co_await send_bytes(out, true);
    if (!whole) co_return false;
    out.clear();
    if (text)
      whole = co_await send_bytes(*text, false);
    else
      whole = co_await send_span(exchange, std::get<Span>(piece));
    if (!whole) co_return false;
  }
  co_return co_await send_bytes(out, false);
}

Awaitable<bool> Connection::send_bytes(std::string_view bytes, bool more) {
  while (!bytes.empty()) {
    const auto count = ::send(socket_.native_handle(), bytes.data(), bytes.size(),
                              MSG_NOSIGNAL | MSG_DONTWAIT | (more ? MSG_MORE : 0));
    if (count >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(count));
      sent_bytes_ += static_cast<std::uint64_t>(count);
      continue;
    }
    if (errno != EAGAIN) co_return false;
    const auto deadline = SteadyClock::now() + edge_.options.write_stall;
    const auto waited = co_await wait_socket(Descriptor::wait_write, deadline, false);
    if (waited != Wait::ready) co_return false;
  }
  co_return true;
}

Awaitable<bool> Connection::send_span(const ExchangePtr& exchange, Span span) {
  const auto& source = *exchange->answer.source;
  if (const auto* view = dynamic_cast<const ViewSource*>(&source)) {
    const auto bytes = view->bytes().substr(static_cast<std::size_t>(span.offset), static_cast<std::size_t>(span.size));
    co_return co_await send_bytes(bytes, false);
  }
  if (const auto file = source.descriptor()) co_return co_await send_file(*file, span);
  co_return co_await send_chunks(exchange, span);
}

Awaitable<bool> Connection::send_file(int file, Span span) {
  auto offset = static_cast<off_t>(span.offset);
  for (std::uint64_t left = span.size, burst = 0; left > 0;) {
    const auto count =
        ::sendfile(socket_.native_handle(), file, &offset, static_cast<std::size_t>(std::min(left, sendfile_bytes)));
    if (count == 0 || (count < 0 && errno != EAGAIN)) co_return false;
    if (count > 0) {
      left -= static_cast<std::uint64_t>(count);
      burst += static_cast<std::uint64_t>(count);
      sent_bytes_ += static_cast<std::uint64_t>(count);
    }
    if (left == 0 || (count > 0 && burst < burst_bytes)) continue;
    burst = 0;
    const auto deadline = SteadyClock::now() + edge_.options.write_stall;
    const auto waited = co_await wait_socket(Descriptor::wait_write, deadline, false);
    if (waited != Wait::ready) co_return false;
  }
  co_return true;
}

Awaitable<bool> Connection::send_chunks(const ExchangePtr& exchange, Span span) {
  while (span.size > 0) {
    exchange->chunk_ready = false;
    if (!edge_.pool.submit([exchange, span] { read_chunk(*exchange, span); })) co_return false;
    while (!exchange->chunk_ready) {
      const auto waited = co_await wait_signal(TimePoint::max());
      if (waited == Wait::closed) co_return false;
    }
    const auto size = exchange->chunk.size();
    if (size == 0) {
      const auto detail = exchange->chunk_error ? exchange->chunk_error->detail : std::string{"ended early"};
      edge_.log.error("http.source_failed", {{"id", summary_.id}, {"path", summary_.path}, {"what", detail}});
      co_return false;
    }
    const bool sent = co_await send_bytes(as_text(exchange->chunk), span.size > size);
    if (!sent) co_return false;
    span.offset += size;
    span.size -= size;
  }
  co_return true;
}

std::shared_ptr<EventQueue> Connection::open_events(EventBody& events) {
  ::setsockopt(socket_.native_handle(), SOL_SOCKET, SO_SNDBUF, &event_buffer_bytes, sizeof event_buffer_bytes);
  events_ = std::make_shared<EventQueue>(waker());
  try {
    if (events.opened) events.opened(make_event_sender(events_));
  } catch (const std::exception& error) {
    edge_.log.error("http.handler_failed", {{"id", summary_.id}, {"path", summary_.path}, {"what", error.what()}});
    events_->close();
  }
  events.opened = nullptr;
  return events_;
}

Awaitable<> Connection::stream_events(EventBody& events) {
  bool sending = co_await send_bytes("retry: 2000\n\n", false);
  ++edge_.event_streams;
  const auto queue = open_events(events);
  while (sending) {
    const auto text = queue->take();
    if (!text.empty()) {
      sending = co_await send_bytes(text, false);
      continue;
    }
    if (!queue->open() || edge_.draining) break;
    const auto waited = co_await wait_signal(SteadyClock::now() + edge_.options.heartbeat);
    if (waited == Wait::closed) break;
    if (waited == Wait::timeout) sending = co_await send_bytes(":\n\n", false);
  }
  --edge_.event_streams;
  queue->detach();
  events_.reset();
}

void Connection::report_request(int status, bool whole) const {
  const auto spent = std::chrono::duration_cast<std::chrono::microseconds>(SteadyClock::now() - summary_.began);
  edge_.log.info("http.request", {{"id", summary_.id},
                                  {"method", summary_.method},
                                  {"path", summary_.path},
                                  {"status", status},
                                  {"bytes", sent_bytes_},
                                  {"ms", static_cast<double>(spent.count()) / 1000},
                                  {"peer", summary_.peer},
                                  {"whole", whole}});
  if (edge_.options.on_served)
    edge_.options.on_served({summary_.method, summary_.pattern, status, static_cast<double>(spent.count()) / 1e6});
}

}  // namespace soundhub::http
