// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "soundhub/http/message.hpp"

namespace soundhub::http {

/// What is queued for one open event stream, between senders on any thread and the connection on its loop.
class EventQueue {
 public:
  /// `wake` tells the connection that there is something to do; called from senders' threads until closed.
  explicit EventQueue(std::function<void()> wake) : wake_{std::move(wake)} {}

  bool push(std::string_view text);
  void close();
  void detach();  ///< closes without waking: the connection is gone
  bool open() const;
  /// Moves out what is queued.
  std::string take();

  static constexpr std::size_t most_bytes = 64 * 1024;

 private:
  mutable std::mutex mutex_;
  std::function<void()> wake_;
  std::string queued_;
  bool open_{true};
};

/// A sender whose end closes the queue.
std::shared_ptr<EventSender> make_event_sender(std::shared_ptr<EventQueue> queue);

/// One event as it goes on the wire; a line break in `id` or `event` ends it there.
std::string encode_event(std::string_view id, std::string_view event, std::string_view data);

}  // namespace soundhub::http
