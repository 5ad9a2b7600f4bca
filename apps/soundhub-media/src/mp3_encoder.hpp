// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "bounded_queue.hpp"
#include "mp3_format.hpp"
#include "soundhub/base/error.hpp"

namespace soundhub::media {

/// Encodes stereo 48 kHz to MP3 at 320 kbit/s CBR by LAME on two threads. LAME costs more than the rest of a render
/// together, so the take is cut in chunks of up to 20 s that are encoded apart, each by an encoder of its own that
/// first hears the 24 frames before its chunk and then has the same state as one that heard all. The chunks grow at the
/// start, so that both threads soon have work, and shrink towards the end, so that they end together. The bit
/// reservoir, the only thing that frames share in the file, is off. The file depends on the samples alone, never on
/// timing.
class Mp3Encoder {
 public:
  using Write = std::function<Result<void>(BytesView)>;
  /// `frames`: how many will be pushed, exactly. `write` is called by the threads, one at a time and in order.
  Mp3Encoder(std::int64_t frames, Write write);
  ~Mp3Encoder();
  Mp3Encoder(const Mp3Encoder&) = delete;
  Mp3Encoder& operator=(const Mp3Encoder&) = delete;

  /// Interleaved stereo, full scale 1. While the threads are behind it waits, calling `tick` a few times a second.
  Result<void> push(std::span<const float> samples, const std::function<Result<void>()>& tick);
  /// Waits for the end, calling `tick` a few times a second.
  Result<void> finish(const std::function<Result<void>()>& tick);
  /// How much of the file is written, 0 to 1. Any thread.
  double fraction_written() const;

 private:
  struct Chunk {
    std::int64_t index{};
    std::vector<float> samples;
  };
  std::int64_t chunks() const { return static_cast<std::int64_t>(cuts_.size()) - 1; }
  std::int64_t cut(std::int64_t index) const { return cuts_[static_cast<std::size_t>(index)]; }
  std::int64_t chunk_begin(std::int64_t index) const;
  std::int64_t chunk_end(std::int64_t index) const;
  Result<void> submit(const std::function<Result<void>()>& tick);
  void work();
  Result<Bytes> encode(const Chunk& chunk) const;
  /// Writes it if all before it are written, and those that waited for it; else it waits.
  void deliver(std::int64_t index, Result<Bytes> bytes);
  Result<void> outcome();

  Mp3Plan plan_;
  std::vector<std::int64_t> cuts_;  ///< in frames of the MP3: where the chunks begin, and where the last one ends
  Write write_;
  std::vector<float> pending_;  ///< from pending_begin_ on
  std::int64_t pending_begin_{};
  std::int64_t next_chunk_{};
  BoundedQueue<Chunk> queue_{1};
  std::mutex mutex_;
  std::condition_variable delivered_;
  std::map<std::int64_t, Result<Bytes>> early_;  ///< by index: those before aren't written yet
  std::int64_t chunks_written_{};
  std::atomic<std::int64_t> frames_written_{};
  Result<void> result_;
  std::vector<std::jthread> threads_;  ///< last: they use all of the above
};

}  // namespace soundhub::media
