// SPDX-License-Identifier: AGPL-3.0-or-later
#include "mp3_encoder.hpp"

#include <lame/lame.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <new>

namespace soundhub::media {
namespace {

constexpr std::int64_t most_chunk_frames = 834;  ///< of the MP3: 20 s
constexpr std::int64_t least_cut_frames = 250;   ///< what is shorter isn't cut: warming up would cost too much
constexpr std::int64_t warm_up_frames = 24;
constexpr std::int64_t look_ahead_samples = 2 * Mp3Plan::frame_samples;
constexpr std::size_t most_pushed_samples = std::size_t{1} << 14;  ///< at a time, or a chunk's memory grows
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

/// How many parts of at most `size` make up `whole`.
constexpr std::int64_t parts_of(std::int64_t whole, std::int64_t size) {
  return (whole + size - 1) / size;
}

constexpr std::int64_t chunk_frames_for(std::int64_t frames) {
  return frames < least_cut_frames ? frames : parts_of(frames, 2 * parts_of(frames, 2 * most_chunk_frames));
}

}  // namespace

Mp3Encoder::Mp3Encoder(std::int64_t frames, Write write)
    : plan_{Mp3Plan::of(frames)},
      chunk_frames_{chunk_frames_for(plan_.frames)},
      chunks_{parts_of(plan_.frames, chunk_frames_)},
      write_{std::move(write)} {
  result_ = write_(mp3_info_frame(plan_));
  for (int i = 0; i < thread_count; ++i) threads_.emplace_back([this] { work(); });
}

Mp3Encoder::~Mp3Encoder() {
  queue_.close();
}

std::int64_t Mp3Encoder::chunk_begin(std::int64_t index) const {
  return std::max<std::int64_t>(0, (index * chunk_frames_ - warm_up_frames) * Mp3Plan::frame_samples);
}

std::int64_t Mp3Encoder::chunk_end(std::int64_t index) const {
  return std::min(plan_.samples, (index + 1) * chunk_frames_ * Mp3Plan::frame_samples + look_ahead_samples);
}

Result<void> Mp3Encoder::push(std::span<const float> samples, const std::function<Result<void>()>& tick) {
  pending_.insert(pending_.end(), samples.begin(), samples.end());
  while (next_chunk_ < chunks_ &&
         pending_begin_ + static_cast<std::int64_t>(pending_.size() / 2) >= chunk_end(next_chunk_))
    SH_CHECK(submit(tick));
  return {};
}

Result<void> Mp3Encoder::submit(const std::function<Result<void>()>& tick) {
  const auto samples_until = [&](std::int64_t at) { return 2 * static_cast<std::size_t>(at - pending_begin_); };
  const auto samples = samples_until(chunk_end(next_chunk_));
  Chunk chunk{.index = next_chunk_++, .samples = std::move(pending_)};
  pending_ = {};
  if (next_chunk_ < chunks_) {
    const auto kept = chunk.samples.begin() + static_cast<std::ptrdiff_t>(samples_until(chunk_begin(next_chunk_)));
    pending_.reserve(samples + most_pushed_samples);
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
  const auto ended = [&] { return chunks_written_ == chunks_ || !result_; };
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
  std::unique_lock lock{mutex_};
  delivered_.wait(lock, [&] { return chunks_written_ == index || !result_; });
  if (!result_) return;
  result_ = bytes ? write_(*bytes) : tl::unexpected(bytes.error());
  ++chunks_written_;
  if (bytes) frames_written_ += static_cast<std::int64_t>(bytes->size()) / Mp3Plan::frame_bytes;
  delivered_.notify_all();
}

Result<Bytes> Mp3Encoder::encode(const Chunk& chunk) const {
  SH_TRY(const auto lame, start_lame());
  const auto samples = static_cast<std::int64_t>(chunk.samples.size() / 2);
  // LAME asks for 1.25 bytes a sample and 7200 for what it holds back.
  Bytes out(static_cast<std::size_t>(samples + samples / 4 + 2 * 7200));
  auto* to = reinterpret_cast<unsigned char*>(out.data());
  int size = lame_encode_buffer_interleaved_ieee_float(lame.get(), chunk.samples.data(), static_cast<int>(samples), to,
                                                       static_cast<int>(out.size()));
  if (size < 0) return fail(Errc::internal, "media.encoder", "lame " + std::to_string(size));
  if (chunk_end(chunk.index) == plan_.samples) {
    const int rest = lame_encode_flush(lame.get(), to + size, static_cast<int>(out.size()) - size);
    if (rest < 0) return fail(Errc::internal, "media.encoder", "lame flush " + std::to_string(rest));
    size += rest;
  }
  const auto first = chunk.index * chunk_frames_;
  const auto skipped = (first - chunk_begin(chunk.index) / Mp3Plan::frame_samples) * Mp3Plan::frame_bytes;
  const auto wanted = std::min(chunk_frames_, plan_.frames - first) * Mp3Plan::frame_bytes;
  if (size < skipped + wanted) return fail(Errc::internal, "media.encoder", "lame gave too few frames");
  return Bytes(out.begin() + skipped, out.begin() + skipped + wanted);
}

}  // namespace soundhub::media
