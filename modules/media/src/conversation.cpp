// SPDX-License-Identifier: AGPL-3.0-or-later
#include "conversation.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace soundhub::media {
namespace {

constexpr std::size_t read_bytes = std::size_t{1} << 18;
constexpr std::size_t stem_chunk_bytes = std::size_t{1} << 17;
constexpr std::size_t kept_error_bytes = 4096;
constexpr std::chrono::milliseconds last_words{2000};

/// What a child may say went wrong. Everything else it says is a broken child.
constexpr std::array failures{
    std::pair{"take.undecodable", Errc::invalid},  std::pair{"take.not_audio", Errc::invalid},
    std::pair{"take.empty", Errc::invalid},        std::pair{"take.too_long", Errc::invalid},
    std::pair{"take.unsupported", Errc::invalid},  std::pair{"take.too_many_channels", Errc::invalid},
    std::pair{"image.undecodable", Errc::invalid}, std::pair{"image.too_large", Errc::invalid},
    std::pair{"media.limit", Errc::unavailable},   std::pair{"render.invalid", Errc::invalid},
    std::pair{"render.bad_stem", Errc::internal},
};

template <class... Ts>
struct Overload : Ts... {
  using Ts::operator()...;
};
// Clang 14, which builds the fuzzers, deduces no aggregate by itself.
template <class... Ts>
Overload(Ts...) -> Overload<Ts...>;

}  // namespace

Conversation::Conversation(Process& process, const Limits& limits, Asked asked, OutputSink& sink, std::stop_token stop)
    : process_{process},
      limits_{limits},
      asked_{std::move(asked)},
      sink_{sink},
      stop_{std::move(stop)},
      deadline_{std::chrono::steady_clock::now() + limits.wall},
      wake_{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)},
      read_buffer_(read_bytes),
      outgoing_{std::move(asked_.request)} {}

Result<ChildMessage> Conversation::run() {
  if (!wake_) return fail_errno("eventfd");
  const std::stop_callback wake{stop_, [this] { ::eventfd_write(wake_.get(), 1); }};
  for (;;) {
    SH_CHECK(check_time());
    SH_CHECK(poll_once());
    SH_CHECK(check_time());
    read_errors();
    SH_CHECK(send_requests());
    SH_TRY(auto report, read_messages());
    if (report) return std::move(*report);
  }
}

Result<void> Conversation::check_time() const {
  if (stop_.stop_requested()) return fail(Errc::unavailable, "media.stopped");
  if (std::chrono::steady_clock::now() >= deadline_) return fail(Errc::unavailable, "media.timeout", errors_);
  return {};
}

Result<void> Conversation::poll_once() {
  const bool sending = sent_ < outgoing_.size() || stem_;
  std::array<pollfd, 4> fds{{{.fd = process_.messages(), .events = POLLIN, .revents = 0},
                             {.fd = process_.errors(), .events = POLLIN, .revents = 0},
                             {.fd = wake_.get(), .events = POLLIN, .revents = 0},
                             {.fd = sending ? process_.requests() : -1, .events = POLLOUT, .revents = 0}}};
  // A closed standard error would otherwise make poll() return at once for ever.
  if (errors_closed_) fds[1].fd = -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline_ - std::chrono::steady_clock::now());
  const auto timeout = std::clamp<std::int64_t>(left.count(), 0, 60'000);
  if (::poll(fds.data(), fds.size(), static_cast<int>(timeout)) < 0 && errno != EINTR) return fail_errno("poll");
  return {};
}

Conversation::Step Conversation::read_messages() {
  const auto got = ::read(process_.messages(), read_buffer_.data(), read_buffer_.size());
  if (got > 0) {
    frames_.append(BytesView{read_buffer_}.first(static_cast<std::size_t>(got)));
    return take_frames();
  }
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return std::optional<ChildMessage>{};
  return describe_end();
}

Conversation::Step Conversation::take_frames() {
  for (;;) {
    const auto frame = frames_.next();
    if (!frame) return lost(frame.error().detail);
    if (!*frame) return std::optional<ChildMessage>{};
    auto message = parse_child_message(**frame);
    if (!message) return lost(message.error().detail);
    SH_TRY(auto report, handle(std::move(*message)));
    if (report) return report;
    // Frames already read must not keep a stopped caller waiting.
    SH_CHECK(check_time());
  }
}

Conversation::Step Conversation::handle(ChildMessage message) {
  const auto nothing = [](Result<void> done) -> Step { return done.map([] { return std::optional<ChildMessage>{}; }); };
  const auto report = [&](const auto& value) -> Step {
    SH_CHECK(check_report(value));
    return std::optional<ChildMessage>{value};
  };
  return std::visit(
      Overload{[&](const BeginOutput& m) { return nothing(begin(m.output)); },
               [&](const WriteOutput& m) { return nothing(write(m)); },
               [&](const EndOutput& m) { return nothing(end(m.output)); },
               [&](const NeedStem& m) { return nothing(open_stem(m)); },
               [&](const Progress& m) {
                 progress_ = std::clamp(m.fraction, progress_, 1.0);
                 return nothing(sink_.progress(progress_));
               },
               [&](const Failure& m) -> Step {
                 const auto known = std::ranges::find(failures, m.key, [](const auto& f) { return f.first; });
                 if (known == failures.end()) return lost("unknown failure " + m.key);
                 return fail(known->second, m.key, m.detail);
               },
               [&](const IngestReport& m) { return report(m); }, [&](const RenderReport& m) { return report(m); },
               [&](const ImageReport& m) { return report(m); }},
      message);
}

Result<void> Conversation::begin(Output output) {
  if (!asked_.kinds.contains(output.kind)) return lost("an output that wasn't asked for");
  if (ended_.contains(output) || !open_.insert(output).second) return lost("an output twice");
  return sink_.begin(output);
}

Result<void> Conversation::write(const WriteOutput& message) {
  if (!open_.contains(message.output)) return lost("bytes for no output");
  output_bytes_ += message.bytes.size();
  if (output_bytes_ > limits_.output_bytes) return fail(Errc::unavailable, "media.limit", "output bytes");
  return sink_.write(message.output, message.bytes);
}

Result<void> Conversation::end(Output output) {
  if (open_.erase(output) == 0) return lost("the end of no output");
  ended_.insert(output);
  return sink_.end(output);
}

Result<void> Conversation::check_report(const ChildMessage& report) const {
  if (!open_.empty()) return lost("a report before the end of an output");
  const auto* ingest = std::get_if<IngestReport>(&report);
  if (ingest == nullptr) return {};
  const auto segments = std::ranges::count(ended_, OutputKind::segment, &Output::kind);
  const bool gapless = segments == 0 || ended_.contains({.kind = OutputKind::segment,
                                                         .index = static_cast<std::uint32_t>(segments - 1)});
  if (ingest->segments != segments || !gapless) return lost("a report that doesn't fit its segments");
  return {};
}

Result<void> Conversation::open_stem(const NeedStem& need) {
  if (asked_.stems == nullptr || need.channel >= asked_.channels || stem_)
    return lost("a stem that can't be asked for");
  SH_TRY(stem_, asked_.stems->segment(need.channel, need.segment));
  stem_offset_ = 0;
  return send_requests();
}

Result<void> Conversation::refill() {
  outgoing_.clear();
  sent_ = 0;
  if (!stem_) return {};
  Bytes chunk(stem_chunk_bytes);
  SH_TRY(const auto got, stem_->read(stem_offset_, chunk));
  stem_offset_ += got;
  if (got == 0) {
    stem_.reset();
    put_message(outgoing_, ParentMessage{StemEnd{}});
    return {};
  }
  put_message(outgoing_, ParentMessage{StemBytes{BytesView{chunk}.first(got)}});
  return {};
}

Result<void> Conversation::send_requests() {
  for (;;) {
    if (sent_ == outgoing_.size()) SH_CHECK(refill());
    if (sent_ == outgoing_.size()) return {};
    const auto rest = BytesView{outgoing_}.subspan(sent_);
    const auto put = ::send(process_.requests(), rest.data(), rest.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (put < 0 && errno == EINTR) continue;
    if (put < 0 && errno == EAGAIN) return {};
    if (put < 0) {
      // The child has gone; why, its messages or its exit will tell.
      outgoing_.clear();
      sent_ = 0;
      stem_.reset();
      return {};
    }
    sent_ += static_cast<std::size_t>(put);
  }
}

void Conversation::read_errors() {
  std::array<char, kept_error_bytes> chunk{};
  for (;;) {
    const auto got = ::read(process_.errors(), chunk.data(), chunk.size());
    if (got == 0) errors_closed_ = true;
    if (got <= 0) return;
    errors_.append(chunk.data(), static_cast<std::size_t>(got));
    if (errors_.size() > kept_error_bytes) errors_.erase(0, errors_.size() - kept_error_bytes);
  }
}

tl::unexpected<Error> Conversation::lost(std::string why) const {
  return fail(Errc::unavailable, "media.crashed", std::move(why) + (errors_.empty() ? "" : "; " + errors_));
}

tl::unexpected<Error> Conversation::describe_end() {
  const auto ending = process_.wait(last_words);
  read_errors();
  if (!ending.killed) return lost("exit status " + std::to_string(ending.code));
  if (ending.code == SIGXCPU)
    return fail(Errc::unavailable, "media.limit", std::string{"signal "} + ::strsignal(ending.code) + "; " + errors_);
  return lost(std::string{"signal "} + ::strsignal(ending.code));
}

}  // namespace soundhub::media
