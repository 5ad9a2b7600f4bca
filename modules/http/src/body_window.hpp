// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>

#include "soundhub/http/message.hpp"

namespace soundhub::http {

/// A bounded run of body bytes between the loop that receives and the handler that reads. One writer, one reader.
class BodyWindow final : public BodyReader {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  /// `wake` is called from the reader's thread when there is room again, or when reading has begun.
  BodyWindow(std::optional<std::uint64_t> declared, std::size_t capacity, TimePoint deadline,
             std::function<void()> wake);

  // The loop's side.
  /// Free bytes in one piece, to be filled from the front; empty if there is no room.
  std::span<std::byte> room();
  void filled(std::size_t count);
  void finish();
  /// The reader gets what is there, then this. The first error stays.
  void fail_with(Error error);
  bool wanted() const;  ///< the handler has begun to read

  // The handler's side.
  std::optional<std::uint64_t> declared_size() const override { return declared_; }
  Result<std::size_t> read(std::span<std::byte> out) override;

 private:
  const std::optional<std::uint64_t> declared_;
  const std::size_t capacity_;
  const TimePoint deadline_;
  const std::function<void()> wake_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::unique_ptr<std::byte[]> ring_;
  std::size_t begin_{}, size_{};
  bool ended_{}, wanted_{}, starved_{};
  std::optional<Error> error_;
};

}  // namespace soundhub::http
