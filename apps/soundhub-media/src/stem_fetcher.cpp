// SPDX-License-Identifier: AGPL-3.0-or-later
#include "stem_fetcher.hpp"

#include <chrono>
#include <new>
#include <utility>

#include "pcm.hpp"

namespace soundhub::media {
namespace {

constexpr std::size_t most_ahead = 2;
constexpr std::chrono::milliseconds patience{200};
/// More than 24-bit stereo without any compression and every header there is.
constexpr std::size_t most_segment_bytes = 2 * 3 * segment_frames + (std::size_t{1} << 16);

}  // namespace

StemFetcher::StemFetcher(std::vector<StemSegment> plan, Wire& wire)
    : plan_{std::move(plan)}, wire_{wire}, empty_{most_ahead}, fetched_{most_ahead} {
  for (std::size_t i = 0; i < most_ahead; ++i) hand({}, empty_);
  thread_ = std::jthread{[this] { work(); }};
}

StemFetcher::~StemFetcher() {
  empty_.close();
  fetched_.close();
}

Result<void> StemFetcher::next(Bytes& out) {
  auto segment = fetched_.pop();
  if (!segment) {
    SH_CHECK(result_);
    return fail(Errc::internal, "render.engine", "no more segments");
  }
  hand(std::exchange(out, *std::move(segment)), empty_);
  return {};
}

// There is always room: all buffers together are as many as a queue holds.
bool StemFetcher::hand(Bytes bytes, BoundedQueue<Bytes>& to) {
  return to.push(bytes, patience);
}

void StemFetcher::work() {
  for (const auto& segment : plan_) {
    auto bytes = empty_.pop();
    if (!bytes) break;
    result_ = fetch(segment, *bytes);
    if (!result_ || !hand(*std::move(bytes), fetched_)) break;
  }
  fetched_.close();
}

Result<void> StemFetcher::fetch(const StemSegment& segment, Bytes& out) try {
  out.clear();
  SH_CHECK(wire_.send(NeedStem{.channel = segment.channel, .segment = segment.index}));
  for (;;) {
    SH_TRY(const auto message, wire_.receive());
    if (std::holds_alternative<StemEnd>(message)) return {};
    const auto* part = std::get_if<StemBytes>(&message);
    if (part == nullptr) return fail(Errc::internal, "media.protocol", "no stem");
    if (out.size() + part->bytes.size() > most_segment_bytes)
      return fail(Errc::internal, "render.bad_stem", "too long");
    out.insert(out.end(), part->bytes.begin(), part->bytes.end());
  }
} catch (const std::bad_alloc&) {
  return fail(Errc::unavailable, "media.limit", "memory");
}

}  // namespace soundhub::media
