// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <chrono>
#include <mutex>

#include "soundhub/media/messages.hpp"

namespace soundhub::media {

/// The child's ends of the two pipes. Sending is thread-safe and whole frames never mix; receiving is for one thread.
class Wire {
 public:
  Result<void> send(const ChildMessage& message);
  /// A whole output at once, cut into frames.
  Result<void> send_output(Output output, BytesView bytes);
  /// As many write frames as needed, between begin and end.
  Result<void> write(Output output, BytesView bytes);
  /// Says how far the work is, at most four times a second.
  Result<void> progress(double fraction);

  /// Blocks for the parent's next frame; bytes in it are valid until the next call.
  Result<ParentMessage> receive();

 private:
  std::mutex mutex_;
  Bytes frame_;
  FrameReader frames_;
  Bytes received_;
  std::chrono::steady_clock::time_point last_progress_{};
};

}  // namespace soundhub::media
