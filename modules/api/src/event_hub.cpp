// SPDX-License-Identifier: AGPL-3.0-or-later
#include "event_hub.hpp"

#include <algorithm>
#include <boost/json/serialize.hpp>

#include "json.hpp"

namespace soundhub::api {
namespace {

// How late an event may be. While nobody listens nothing is read.
constexpr std::chrono::milliseconds interval{100};
constexpr std::size_t at_once = 500;

}  // namespace

EventHub::EventHub(services::Events& events, const Log& log)
    : events_{events}, log_{log}, thread_{[this](const std::stop_token& stop) { run(stop); }} {}

EventHub::~EventHub() {
  thread_.request_stop();
  woken_.notify_all();
}

void EventHub::subscribe(const Subscription& wanted, std::shared_ptr<http::EventSender> sender) {
  {
    const std::lock_guard lock{mutex_};
    arriving_.push_back({wanted, std::move(sender)});
  }
  woken_.notify_all();
}

void EventHub::take_new_streams() {
  std::move(arriving_.begin(), arriving_.end(), std::back_inserter(streams_));
  arriving_.clear();
}

void EventHub::run(const std::stop_token& stop) {
  bool behind = false;
  while (!stop.stop_requested()) {
    {
      std::unique_lock lock{mutex_};
      if (streams_.empty())
        woken_.wait(lock, stop, [&] { return !arriving_.empty(); });
      else if (!behind)
        woken_.wait_for(lock, stop, interval, [&] { return !arriving_.empty(); });
      take_new_streams();
    }
    const auto delivered = deliver();
    behind = delivered && *delivered;
    if (!delivered) log_.warn("events.unread", {{"key", delivered.error().key}, {"detail", delivered.error().detail}});
    std::erase_if(streams_, [](const Stream& stream) { return !stream.sender->open(); });
  }
  streams_.clear();
}

bool EventHub::may_follow(services::Viewer viewer, SongId song) {
  const std::pair key{viewer ? viewer->value : 0, song.value};
  if (const auto known = follow_.find(key); known != follow_.end()) return known->second;
  return follow_[key] = events_.may_follow(viewer, song).value_or(false);
}

Result<bool> EventHub::deliver() {
  if (streams_.empty()) return false;
  follow_.clear();
  const auto earliest =
      std::ranges::min_element(streams_, {}, [](const Stream& stream) { return stream.wanted.after; })->wanted.after;
  SH_TRY(const auto events, events_.after(earliest, static_cast<int>(at_once)));
  for (const auto& event : events) {
    const auto id = std::to_string(event.id.value);
    const auto data = boost::json::serialize(json_of(event));
    for (auto& [wanted, sender] : streams_) {
      if (event.id <= wanted.after) continue;
      wanted.after = event.id;
      if ((!wanted.song || wanted.song == event.song) && may_follow(wanted.viewer, event.song))
        sender->send(id, event.type, data);
    }
  }
  return events.size() == at_once;
}

}  // namespace soundhub::api
