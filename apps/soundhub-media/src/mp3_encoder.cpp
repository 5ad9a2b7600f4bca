// SPDX-License-Identifier: AGPL-3.0-or-later
#include "mp3_encoder.hpp"

#include <lame/lame.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <new>

namespace soundhub::media {
namespace {

constexpr std::int64_t most_chunk_frames = 834;   ///< of the MP3: 20 s
constexpr std::int64_t least_chunk_frames = 208;  ///< 5 s: warming up would cost too much of less
constexpr std::int64_t warm_up_frames = 24;
constexpr std::int64_t look_ahead_samples = 2 * Mp3Plan::frame_samples;
constexpr std::size_t most_pushed_samples = std::size_t{1} << 14;  ///< at a time, or a chunk's memory grows
constexpr std::size_t piece_samples =
    2 * 8 * Mp3Plan::frame_samples;           ///< LAME keeps a copy of what it is given at once
constexpr std::size_t most_held_back = 7200;  ///< bytes; lame.h says so
constexpr int thread_count = 2;
constexpr std::chrono::milliseconds between_ticks{200};

struct FreeLame {
  void operator()(lame_global_struct* p) const { lame_close(p); }
};
using Lame = std::unique_ptr<lame_global_struct, FreeLame>;

Result<Lame> start_lame() {
  Lame lame{lame_init()};
  if (!lame) throw std::bad_alloc{};
  lame_set_num_channels(lame.get(), 2);
  lame_set_in_samplerate(lame.get(), 48'000);
  lame_set_out_samplerate(lame.get(), 48'000);
  lame_set_brate(lame.get(), 320);
  lame_set_disable_reservoir(lame.get(), 1);
  lame_set_bWriteVbrTag(lame.get(), 0);
  lame_set_write_id3tag_automatic(lame.get(), 0);
  if (lame_init_params(lame.get()) < 0) return fail(Errc::internal, "media.encoder", "lame_init_params");
  return lame;
}

/// Where to cut `frames`: twice as much each time, but of what is left only as much as leaves all threads work.
std::vector<std::int64_t> cuts_of(std::int64_t frames) {
  std::vector<std::int64_t> cuts{0};
  for (auto growing = least_chunk_frames; cuts.back() < frames; growing = std::min(2 * growing, most_chunk_frames)) {
    const auto left = frames - cuts.back();
    const auto size = std::clamp(left / (2 * thread_count), least_chunk_frames, growing);
    cuts.push_back(left < size + least_chunk_frames ? frames : cuts.back() + size);
  }
  return cuts;
}

// LAME asks for 1.25 bytes a sample and what it may have held back.
using Mp3Bytes = std::array<unsigned char, piece_samples / 2 * 5 / 4 + most_held_back>;

Result<void> append(Bytes& out, const Mp3Bytes& bytes, int size) {
  if (size < 0) return fail(Errc::internal, "media.encoder", "lame " + std::to_string(size));
  const auto written = std::as_bytes(std::span{bytes}.first(static_cast<std::size_t>(size)));
  out.insert(out.end(), written.begin(), written.end());
  return {};
}

}  // namespace

Mp3Encoder::Mp3Encoder(std::int64_t frames, Write write)
    : plan_{Mp3Plan::of(frames)}, cuts_{cuts_of(plan_.frames)}, write_{std::move(write)} {
  result_ = write_(mp3_info_frame(plan_));
  for (int i = 0; i < thread_count; ++i) threads_.emplace_back([this] { work(); });
}

Mp3Encoder::~Mp3Encoder() {
  queue_.close();
}

std::int64_t Mp3Encoder::chunk_begin(std::int64_t index) const {
  return std::max<std::int64_t>(0, (cut(index) - warm_up_frames) * Mp3Plan::frame_samples);
}

std::int64_t Mp3Encoder::chunk_end(std::int64_t index) const {
  return std::min(plan_.samples, cut(index + 1) * Mp3Plan::frame_samples + look_ahead_samples);
}

Result<void> Mp3Encoder::push(std::span<const float> samples, const std::function<Result<void>()>& tick) {
  pending_.insert(pending_.end(), samples.begin(), samples.end());
  while (next_chunk_ < chunks() &&
         pending_begin_ + static_cast<std::int64_t>(pending_.size() / 2) >= chunk_end(next_chunk_))
    SH_CHECK(submit(tick));
  return {};
}

Result<void> Mp3Encoder::submit(const std::function<Result<void>()>& tick) {
  const auto samples_until = [&](std::int64_t at) { return 2 * static_cast<std::size_t>(at - pending_begin_); };
  const auto samples = samples_until(chunk_end(next_chunk_));
  Chunk chunk{.index = next_chunk_++, .samples = std::move(pending_)};
  pending_ = {};
  if (next_chunk_ < chunks()) {
    const auto kept = chunk.samples.begin() + static_cast<std::ptrdiff_t>(samples_until(chunk_begin(next_chunk_)));
    const auto next = chunk_end(next_chunk_) - chunk_begin(next_chunk_);
    pending_.reserve(2 * static_cast<std::size_t>(next) + most_pushed_samples);
    pending_.assign(kept, chunk.samples.end());
    pending_begin_ = chunk_begin(next_chunk_);
  }
  chunk.samples.resize(samples);
  while (!queue_.push(chunk, between_ticks)) {
    SH_CHECK(outcome());
    SH_CHECK(tick());
  }
  return {};
}

Result<void> Mp3Encoder::finish(const std::function<Result<void>()>& tick) {
  queue_.close();
  std::unique_lock lock{mutex_};
  const auto ended = [&] { return chunks_written_ == chunks() || !result_; };
  while (!delivered_.wait_for(lock, between_ticks, ended)) {
    lock.unlock();
    SH_CHECK(tick());
    lock.lock();
  }
  return result_;
}

Result<void> Mp3Encoder::outcome() {
  const std::scoped_lock lock{mutex_};
  return result_;
}

double Mp3Encoder::fraction_written() const {
  return static_cast<double>(frames_written_) / static_cast<double>(plan_.frames);
}

void Mp3Encoder::work() {
  while (const auto chunk = queue_.pop()) {
    try {
      deliver(chunk->index, encode(*chunk));
    } catch (const std::bad_alloc&) {
      deliver(chunk->index, fail(Errc::unavailable, "media.limit", "memory"));
    }
  }
}

void Mp3Encoder::deliver(std::int64_t index, Result<Bytes> bytes) {
  const std::scoped_lock lock{mutex_};
  early_.emplace(index, std::move(bytes));
  for (auto next = early_.begin(); result_ && next != early_.end() && next->first == chunks_written_;
       next = early_.erase(next)) {
    result_ = next->second ? write_(*next->second) : tl::unexpected(next->second.error());
    if (result_) frames_written_ += static_cast<std::int64_t>(next->second->size()) / Mp3Plan::frame_bytes;
    ++chunks_written_;
  }
  delivered_.notify_all();
}

Result<Bytes> Mp3Encoder::encode(const Chunk& chunk) const {
  SH_TRY(const auto lame, start_lame());
  Bytes out;
  out.reserve(static_cast<std::size_t>((cut(chunk.index + 1) - chunk_begin(chunk.index) / Mp3Plan::frame_samples + 2) *
                                       Mp3Plan::frame_bytes));
  Mp3Bytes bytes{};
  const std::span samples{chunk.samples};
  for (std::size_t at = 0; at < samples.size(); at += piece_samples) {
    const auto piece = samples.subspan(at, std::min(piece_samples, samples.size() - at));
    SH_CHECK(
        append(out, bytes,
               lame_encode_buffer_interleaved_ieee_float(lame.get(), piece.data(), static_cast<int>(piece.size() / 2),
                                                         bytes.data(), static_cast<int>(bytes.size()))));
  }
  if (chunk_end(chunk.index) == plan_.samples)
    SH_CHECK(append(out, bytes, lame_encode_flush(lame.get(), bytes.data(), static_cast<int>(bytes.size()))));
  const auto first = cut(chunk.index);
  const auto skipped = (first - chunk_begin(chunk.index) / Mp3Plan::frame_samples) * Mp3Plan::frame_bytes;
  const auto wanted = (cut(chunk.index + 1) - first) * Mp3Plan::frame_bytes;
  if (static_cast<std::int64_t>(out.size()) < skipped + wanted)
    return fail(Errc::internal, "media.encoder", "lame gave too few frames");
  return Bytes(out.begin() + skipped, out.begin() + skipped + wanted);
}

}  // namespace soundhub::media
