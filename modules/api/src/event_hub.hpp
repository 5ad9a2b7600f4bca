// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "soundhub/base/log.hpp"
#include "soundhub/http/message.hpp"
#include "soundhub/services/events.hpp"

namespace soundhub::api {

/// Hands what happens to the open event streams, in commit order, to each what its viewer may hear of. One thread
/// reads the outbox for all; each stream has its own place in it, so one that resumes catches up by itself.
class EventHub {
 public:
  EventHub(services::Events& events, const Log& log);
  ~EventHub();

  struct Subscription {
    services::Viewer viewer;
    std::optional<SongId> song;  ///< only of this song
    EventId after;               ///< all behind this one
  };
  void subscribe(const Subscription& wanted, std::shared_ptr<http::EventSender> sender);

 private:
  struct Stream {
    Subscription wanted;
    std::shared_ptr<http::EventSender> sender;
  };
  void run(const std::stop_token& stop);
  void wait_for_a_stream(const std::stop_token& stop);
  Result<bool> deliver();  ///< whether there is more: one that resumes from far back mustn't keep the others waiting
  Result<void> deliver(const events::Event& event, const std::string& data, Stream& stream);
  Result<bool> may_follow(services::Viewer viewer, SongId song);
  void take_new_streams();

  services::Events& events_;
  const Log& log_;
  std::mutex mutex_;
  std::condition_variable_any woken_;
  std::vector<Stream> arriving_;                                  ///< guarded by mutex_
  std::vector<Stream> streams_;                                   ///< the thread's own
  std::map<std::pair<std::int64_t, std::int64_t>, bool> follow_;  ///< viewer, song: for one delivery
  std::jthread thread_;
};

}  // namespace soundhub::api
