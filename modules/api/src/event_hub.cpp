// SPDX-License-Identifier: AGPL-3.0-or-later
#include "event_hub.hpp"

#include <algorithm>
#include <boost/json/serialize.hpp>

#include "json.hpp"

namespace soundhub::api {
namespace {

// A wake-up may get lost; this is how late an event may be then. While nobody listens nothing is read.
constexpr std::chrono::seconds look_anyway{5};
constexpr std::size_t at_once = 500;

}  // namespace

EventHub::EventHub(services::Events& events, const Log& log)
    : events_{events}, log_{log}, thread_{[this](const std::stop_token& stop) { run(stop); }} {}

EventHub::~EventHub() {
  thread_.request_stop();
  events_.interrupt();
}

void EventHub::subscribe(const Subscription& wanted, std::shared_ptr<http::EventSender> sender) {
  {
    const std::lock_guard lock{mutex_};
    arriving_.push_back({wanted, std::move(sender)});
  }
  woken_.notify_all();
  events_.interrupt();
}

void EventHub::take_new_streams() {
  const std::lock_guard lock{mutex_};
  std::move(arriving_.begin(), arriving_.end(), std::back_inserter(streams_));
  arriving_.clear();
}

void EventHub::wait_for_a_stream(const std::stop_token& stop) {
  events_.rest();
  std::unique_lock lock{mutex_};
  woken_.wait(lock, stop, [&] { return !arriving_.empty(); });
}

void EventHub::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    if (streams_.empty()) wait_for_a_stream(stop);
    take_new_streams();
    const auto behind = deliver();
    if (!behind) log_.warn("events.unread", {{"key", behind.error().key}, {"detail", behind.error().detail}});
    std::erase_if(streams_, [](const Stream& stream) { return !stream.sender->open(); });
    if (!streams_.empty() && !(behind && *behind)) events_.wait(look_anyway);
  }
  streams_.clear();
}

Result<bool> EventHub::may_follow(services::Viewer viewer, SongId song) {
  const std::pair key{viewer ? viewer->value : 0, song.value};
  if (const auto known = follow_.find(key); known != follow_.end()) return known->second;
  SH_TRY(const bool may, events_.may_follow(viewer, song));
  return follow_[key] = may;
}

// A question that gets no answer is no "no": the stream stays before the event and gets it with the next look.
Result<void> EventHub::deliver(const events::Event& event, const std::string& data, Stream& stream) {
  auto& [wanted, sender] = stream;
  if (event.id <= wanted.after) return {};
  if (!wanted.song || *wanted.song == event.song) {
    SH_TRY(const bool may, may_follow(wanted.viewer, event.song));
    if (may) sender->send(std::to_string(event.id.value), event.type, data);
  }
  wanted.after = event.id;
  return {};
}

Result<bool> EventHub::deliver() {
  if (streams_.empty()) return false;
  follow_.clear();
  const auto earliest =
      std::ranges::min_element(streams_, {}, [](const Stream& stream) { return stream.wanted.after; })->wanted.after;
  SH_TRY(const auto events, events_.after(earliest, static_cast<int>(at_once)));
  for (const auto& event : events) {
    const auto data = boost::json::serialize(json_of(event));
    for (auto& stream : streams_) SH_CHECK(deliver(event, data, stream));
  }
  return events.size() == at_once;
}

}  // namespace soundhub::api
